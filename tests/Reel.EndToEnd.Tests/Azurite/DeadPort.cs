using System.Net;
using System.Net.Sockets;
using Reel.Local.Azurite;

namespace Reel.EndToEnd.Tests.Azurite;

/// <summary>A port where nobody answers, nor can come to: it is bound, and not listened at, for as long as the process lives.</summary>
public static class DeadPort
{
    private static readonly Lazy<Socket> Bound = new(() =>
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    });

    /// <summary>Of a storage that would be there.</summary>
    public static string ConnectionString => AzuriteServer.ConnectionStringFor(((IPEndPoint)Bound.Value.LocalEndPoint!).Port);
}
