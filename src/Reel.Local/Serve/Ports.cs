using System.Net;
using System.Net.Sockets;

namespace Reel.Local.Serve;

/// <summary>Which ports of this machine are free.</summary>
internal static class Ports
{
    /// <summary>Whether a server could listen at 127.0.0.1 there now.</summary>
    public static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
