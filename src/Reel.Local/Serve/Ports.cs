using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace Reel.Local.Serve;

/// <summary>Where on this machine a server could listen.</summary>
internal static class Ports
{
    /// <summary>Sees, before anything is started, that a server could listen at all of the addresses.</summary>
    /// <param name="urls">As <c>--urls</c> takes them.</param>
    /// <exception cref="StartException">Names the one where it could not.</exception>
    public static void Check(string urls)
    {
        foreach (var url in urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)) CheckOne(url);
    }

    private static void CheckOne(string url)
    {
        try
        {
            var address = BindingAddress.Parse(url);
            if (address.Scheme != Uri.UriSchemeHttp || address.PathBase.Length > 0 || address.Port > IPEndPoint.MaxPort)
                throw new FormatException("It must look like http://127.0.0.1:7071; for https, put a proxy in front of it.");
            if (address.IsUnixPipe || address.IsNamedPipe) return;

            var isLocalhost = address.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase);
            if (isLocalhost && address.Port == 0) throw new FormatException("Port 0, which takes a free one, needs an address such as http://127.0.0.1:0.");
            Try(isLocalhost ? IPAddress.Loopback : IPAddress.TryParse(address.Host, out var literal) ? literal : IPAddress.Any, address.Port);
        }
        catch (Exception exception) when (exception is FormatException or SocketException)
        {
            throw new StartException($"{url} cannot be listened at: {exception.Message.TrimEnd('.')}. Choose another address with --urls.", exception);
        }
    }

    private static void Try(IPAddress address, int port)
    {
        using var listener = new TcpListener(address, port);
        listener.Start();
    }
}
