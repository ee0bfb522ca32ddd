using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Reel.Generations;
using Reel.Tests.Webhooks;
using Reel.Videos;
using Reel.Webhooks;

namespace Reel.Tests.Videos;

public sealed class VideoSourceGuardTests
{
    private readonly List<string> lookups = [];

    [Fact]
    public async Task The_providers_own_origin_is_let_through_wherever_it_is()
    {
        await using var provider = await Receiver.StartAsync(_ => Task.CompletedTask);
        using var client = Client(provider.Url);

        using var response = await client.GetAsync(new Uri(provider.Url, "/files/v.mp4"));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("http://127.0.0.1:{0}/v.mp4", "it is not https")]
    [InlineData("http://files.test/v.mp4", "it is not https")]
    [InlineData("http://169.254.169.254/latest/meta-data", "it is not https")]
    [InlineData("https://127.0.0.1:{0}/v.mp4", "the host resolves to a loopback address")]
    [InlineData("https://[::ffff:10.0.0.1]/v.mp4", "the host resolves to a private address")]
    [InlineData("https://169.254.169.254/latest/meta-data", "the host resolves to a cloud's metadata service")]
    [InlineData("https://inner.test/v.mp4", "the host resolves to a private address")]
    [InlineData("https://inner.test.:8443/v.mp4", "the host resolves to a private address")]
    [InlineData("https://api.segmind.com@127.0.0.1:{0}/v.mp4", "the host resolves to a loopback address")]
    [InlineData("https://2130706433:{0}/v.mp4", "the host resolves to a loopback address")]
    [InlineData("https://0x7f.1:{0}/v.mp4", "the host resolves to a loopback address")]
    [InlineData("https://[64:ff9b::a9fe:a9fe]/v.mp4", "the host resolves to a cloud's metadata service")]
    [InlineData("https://[2002:a9fe:a9fe::]/v.mp4", "the host resolves to a cloud's metadata service")]
    [InlineData("https://[fe80::1%251]/v.mp4", "the host resolves to a link-local address")]
    [InlineData("https://168.63.129.16/v.mp4", "the host resolves to a cloud's metadata service")]
    [InlineData("http://api.segmind.com/v.mp4", "it is not https")]
    [InlineData("http://api.segmind.com:443/v.mp4", "it is not https")]
    public async Task Nothing_else_that_is_not_public_https_is_reached(string url, string reason)
    {
        using var inner = new TcpListener(IPAddress.Loopback, 0);
        inner.Start();
        using var client = Client(new Uri("https://api.segmind.com"));

        var error = await Assert.ThrowsAsync<HttpRequestException>(() =>
            client.GetAsync(new Uri(string.Format(null, url, ((IPEndPoint)inner.LocalEndpoint).Port))));

        Assert.Equal(reason, Assert.IsType<SourceRefusedException>(error.GetBaseException()).Message);
        Assert.False(inner.Pending());
    }

    [Fact]
    public async Task A_redirect_from_the_provider_is_looked_at_too()
    {
        using var inner = new TcpListener(IPAddress.Loopback, 0);
        inner.Start();
        await using var provider = await Receiver.StartAsync(context =>
        {
            context.Response.Redirect($"http://127.0.0.1:{((IPEndPoint)inner.LocalEndpoint).Port}/v.mp4");
            return Task.CompletedTask;
        });
        using var client = Client(provider.Url);

        var error = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(new Uri(provider.Url, "/files/v.mp4")));

        Assert.IsType<SourceRefusedException>(error.GetBaseException());
        Assert.False(inner.Pending());
    }

    [Theory]
    [InlineData("http://127.0.0.1:{0}/")]
    [InlineData("http://[::1]:{0}/")]
    [InlineData("http://localhost:{0}/")]
    public async Task Nor_is_another_port_of_the_providers_own_host(string providerUrl)
    {
        using var inner = new TcpListener(IPAddress.IPv6Any, 0) { Server = { DualMode = true } };
        inner.Start();
        using var client = Client(new Uri(string.Format(null, providerUrl, 1)));

        var error = await Assert.ThrowsAsync<HttpRequestException>(() =>
            client.GetAsync(new Uri(string.Format(null, providerUrl, ((IPEndPoint)inner.LocalEndpoint).Port))));

        Assert.IsType<SourceRefusedException>(error.GetBaseException());
        Assert.False(inner.Pending());
    }

    [Fact]
    public async Task Not_even_as_the_providers_own_origin_is_a_metadata_service_reached()
    {
        using var client = Client(new Uri("http://169.254.169.254"));

        var error = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(new Uri("http://169.254.169.254/latest/meta-data")));

        Assert.Equal("the host resolves to a cloud's metadata service", Assert.IsType<SourceRefusedException>(error.GetBaseException()).Message);
    }

    [Fact]
    public async Task Other_https_is_looked_up_and_left_to_whether_it_is_public()
    {
        using var client = Client(new Uri("https://api.segmind.com"));

        var error = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(new Uri("https://nowhere.test:8443/v.mp4")));

        Assert.IsType<SocketException>(error.GetBaseException());
        Assert.Equal(["nowhere.test"], lookups);
    }

    [Fact]
    public void Downloads_go_through_it()
    {
        var settings = new Dictionary<string, string?> { ["Segmind:ApiKey"] = "SG_0011223344556677" };
        using var services = new ServiceCollection().AddLogging()
            .AddReel(new ConfigurationBuilder().AddInMemoryCollection(settings).Build()).BuildServiceProvider();

        Assert.IsType<VideoSourceGuard>(services.GetRequiredService<OpenConnection>().Target);
    }

    private HttpClient Client(Uri provider)
    {
        var guard = new VideoSourceGuard(provider, new DestinationGuard(false, (host, _) =>
        {
            lookups.Add(host);
            return Task.FromResult<IPAddress[]>(host.TrimEnd('.') == "inner.test" ? [IPAddress.Parse("10.0.0.1")] : []);
        }));
        return new HttpClient(new SocketsHttpHandler { ConnectCallback = guard.ConnectAsync, UseProxy = false });
    }
}
