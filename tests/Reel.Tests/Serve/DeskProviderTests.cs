using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using Reel.Local.Serve;

namespace Reel.Tests.Serve;

/// <summary>The emulated provider's port is a preference: desks that start at the same time get one each.</summary>
public sealed class DeskProviderTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("reel-provider-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task Whoever_finds_the_port_taken_takes_a_free_one()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        await using var provider = await StartAsync("alone", port);
        Assert.DoesNotContain($":{port},", provider.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Desks_that_start_at_the_same_moment_do_not_fight_for_the_port()
    {
        int port;
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            port = ((IPEndPoint)probe.LocalEndpoint).Port;
        }

        var providers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => StartAsync($"{i}", port))));
        try
        {
            Assert.Equal(8, providers.Select(provider => provider.Description).Distinct().Count());
        }
        finally
        {
            foreach (var provider in providers) await provider.DisposeAsync();
        }
    }

    private Task<DeskProvider> StartAsync(string name, int port)
    {
        var options = new DeskOptions("http://127.0.0.1:0", Path.Combine(folder.FullName, name), EmulatorPort: port);
        return DeskProvider.StartAsync(options, new ConfigurationBuilder().Build(), CancellationToken.None);
    }
}
