using System.Net;
using System.Net.Sockets;
using Reel.Webhooks;

namespace Reel.Tests.Webhooks;

public sealed class DestinationGuardTests
{
    [Theory]
    [InlineData("0.0.0.0", "unspecified")]
    [InlineData("0.1.2.3", "unspecified")]
    [InlineData("10.0.0.0", "private")]
    [InlineData("10.255.255.255", "private")]
    [InlineData("100.64.0.0", "carrier-grade")]
    [InlineData("100.127.255.255", "carrier-grade")]
    [InlineData("100.100.100.200", "metadata")]
    [InlineData("127.0.0.1", "loopback")]
    [InlineData("127.255.255.254", "loopback")]
    [InlineData("168.63.129.16", "metadata")]
    [InlineData("169.254.0.1", "link-local")]
    [InlineData("169.254.169.254", "metadata")]
    [InlineData("169.254.170.23", "metadata")]
    [InlineData("169.254.255.2", "link-local")]
    [InlineData("172.16.0.1", "private")]
    [InlineData("172.31.255.255", "private")]
    [InlineData("192.0.0.8", "reserved")]
    [InlineData("192.0.0.192", "metadata")]
    [InlineData("192.0.2.1", "documentation")]
    [InlineData("192.88.99.1", "reserved")]
    [InlineData("192.168.0.1", "private")]
    [InlineData("198.18.0.1", "benchmarking")]
    [InlineData("198.19.255.255", "benchmarking")]
    [InlineData("198.51.100.1", "documentation")]
    [InlineData("203.0.113.1", "documentation")]
    [InlineData("224.0.0.1", "multicast")]
    [InlineData("239.255.255.255", "multicast")]
    [InlineData("240.0.0.1", "reserved")]
    [InlineData("255.255.255.255", "broadcast")]
    [InlineData("::", "unspecified")]
    [InlineData("::1", "loopback")]
    [InlineData("::127.0.0.1", "reserved")]
    [InlineData("::8.8.8.8", "reserved")]
    [InlineData("::ffff:127.0.0.1", "loopback")]
    [InlineData("::ffff:169.254.169.254", "metadata")]
    [InlineData("::ffff:0:127.0.0.1", "loopback")]
    [InlineData("64:ff9b::127.0.0.1", "loopback")]
    [InlineData("64:ff9b::a9fe:a9fe", "metadata")]
    [InlineData("64:ff9b:1::8.8.8.8", "reserved")]
    [InlineData("64:ff9b:1:7f00:0:100::", "reserved")]
    [InlineData("100::1", "reserved")]
    [InlineData("64:ff9b::10.0.0.1", "private")]
    [InlineData("64:ff9b:1::a00:1", "reserved")]
    [InlineData("64:ff9b:1:ffff:ffff:ffff:ffff:ffff", "reserved")]
    [InlineData("64:ff9b:0:1::a00:1", "reserved")]
    [InlineData("::ffff:0:10.0.0.1", "private")]
    [InlineData("::fffe:8.8.8.8", "reserved")]
    [InlineData("::ffff:168.63.129.16", "metadata")]
    [InlineData("::ffff:100.64.0.1", "carrier-grade")]
    [InlineData("2002:a83f:8110::", "metadata")]
    [InlineData("2002:e000:1::", "multicast")]
    [InlineData("fd00:ec2::23", "metadata")]
    [InlineData("fd20:ce::254", "metadata")]
    [InlineData("fe80::a9fe:a9fe", "link-local")]
    [InlineData("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "multicast")]
    [InlineData("4000::1", "reserved")]
    [InlineData("2001::1", "Teredo")]
    [InlineData("2001:0:7f00:1::", "Teredo")]
    [InlineData("2001:2::1", "benchmarking")]
    [InlineData("2001:20::1", "reserved")]
    [InlineData("2001:db8::1", "documentation")]
    [InlineData("2002:7f00:1::", "loopback")]
    [InlineData("2002:a9fe:a9fe::1", "metadata")]
    [InlineData("2002:c0a8:101::1", "private")]
    [InlineData("3fff::1", "documentation")]
    [InlineData("5f00::1", "reserved")]
    [InlineData("fc00::1", "private")]
    [InlineData("fd12:3456::1", "private")]
    [InlineData("fd00:ec2::254", "metadata")]
    [InlineData("fe80::1", "link-local")]
    [InlineData("fe80::1%1", "link-local")]
    [InlineData("febf::1", "link-local")]
    [InlineData("fec0::1", "site-local")]
    [InlineData("ff02::1", "multicast")]
    public void An_address_that_is_not_public_is_blocked_by_its_kind(string address, string kind) =>
        Assert.Contains(kind, new DestinationGuard(false).Refuses(IPAddress.Parse(address)), StringComparison.Ordinal);

    [Theory]
    [InlineData("1.1.1.1")]
    [InlineData("9.255.255.255")]
    [InlineData("11.0.0.0")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.0")]
    [InlineData("126.255.255.255")]
    [InlineData("128.0.0.1")]
    [InlineData("168.63.129.15")]
    [InlineData("169.253.255.255")]
    [InlineData("169.255.0.0")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.0")]
    [InlineData("192.0.1.1")]
    [InlineData("192.167.255.255")]
    [InlineData("192.169.0.0")]
    [InlineData("198.17.255.255")]
    [InlineData("198.20.0.0")]
    [InlineData("223.255.255.255")]
    [InlineData("2001:200::1")]
    [InlineData("2001:4860:4860::8888")]
    [InlineData("2606:4700:4700::1111")]
    [InlineData("3ffe:ffff::1")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("64:ff9b::8.8.8.8")]
    [InlineData("2002:808:808::1")]
    public void A_public_address_is_let_through(string address) =>
        Assert.Null(new DestinationGuard(false).Refuses(IPAddress.Parse(address)));

    [Theory]
    [InlineData("127.0.0.1", false)]
    [InlineData("10.0.0.1", false)]
    [InlineData("fd00::1", false)]
    [InlineData("169.254.169.254", true)]
    [InlineData("192.168.1.1", false)]
    [InlineData("::1", false)]
    [InlineData("::ffff:169.254.169.254", true)]
    [InlineData("64:ff9b::169.254.169.254", true)]
    [InlineData("2002:a9fe:a9fe::", true)]
    [InlineData("fd00:ec2::254", true)]
    [InlineData("169.254.170.23", true)]
    [InlineData("169.254.255.2", true)]
    [InlineData("192.0.0.192", true)]
    [InlineData("fe80::a9fe:a9fe", true)]
    [InlineData("fe80::1%2", true)]
    [InlineData("168.63.129.16", true)]
    [InlineData("64:ff9b:1::a9fe:a9fe", true)]
    public void With_private_networks_allowed_only_link_local_addresses_and_metadata_services_stay_blocked(string address, bool blocked) =>
        Assert.Equal(blocked, new DestinationGuard(true).Refuses(IPAddress.Parse(address)) is not null);

    [Theory]
    [InlineData("http://localhost:{0}/")]
    [InlineData("http://localhost.:{0}/")]
    [InlineData("http://127.0.0.1:{0}/")]
    [InlineData("http://127.0.0.1.:{0}/")]
    [InlineData("http://127.1:{0}/")]
    [InlineData("http://2130706433:{0}/")]
    [InlineData("http://0x7f.1:{0}/")]
    [InlineData("http://0177.0.0.1:{0}/")]
    [InlineData("http://0:{0}/")]
    [InlineData("http://0x7f000001:{0}/")]
    [InlineData("http://017700000001:{0}/")]
    [InlineData("http://127.0.1:{0}/")]
    [InlineData("http://\uff11\uff12\uff17.0.0.1:{0}/")]
    [InlineData("http://127\u3002\u0030\uff0e0\uff611:{0}/")]
    [InlineData("http://\u24db\u24de\u24d2\u24d0\u24db\u24d7\u24de\u24e2\u24e3:{0}/")]
    [InlineData("http://LOCALHOST:{0}/")]
    [InlineData("http://example.com@127.0.0.1:{0}/")]
    [InlineData("http:\\\\127.0.0.1:{0}/")]
    [InlineData("http://[::]:{0}/")]
    [InlineData("http://[0:0:0:0:0:0:0:1]:{0}/")]
    [InlineData("http://[::1%25lo]:{0}/")]
    [InlineData("http://[64:ff9b::7f00:1]:{0}/")]
    [InlineData("http://[2002:7f00:1::]:{0}/")]
    [InlineData("http://[::1]:{0}/")]
    [InlineData("http://[::ffff:127.0.0.1]:{0}/")]
    public async Task No_spelling_of_this_machine_gets_through_a_client(string url)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = Client(new DestinationGuard(false));

        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var error = await Record.ExceptionAsync(() => client.GetAsync(new Uri(string.Format(null, url, port))));

        // A resolver may not know a spelling at all, which is as good.
        var cause = error?.GetBaseException();
        Assert.True(cause is DestinationRefusedException or SocketException { SocketErrorCode: SocketError.HostNotFound }, $"{error}");
        Assert.False(listener.Pending());
    }

    [Fact]
    public async Task One_blocked_address_among_public_ones_blocks_the_name()
    {
        IPAddress[] addresses = [IPAddress.Parse("8.8.8.8"), IPAddress.Loopback];
        using var client = Client(new DestinationGuard(false, (_, _) => Task.FromResult(addresses)));

        var error = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(new Uri("http://rebind.example.com/")));

        Assert.Equal("the host resolves to a loopback address", Assert.IsType<DestinationRefusedException>(error.GetBaseException()).Message);
    }

    [Fact]
    public async Task A_name_is_resolved_once_and_its_addresses_are_tried_in_turn()
    {
        await using var receiver = await Receiver.StartAsync(_ => Task.CompletedTask);
        var lookups = new List<string>();
        using var client = Client(new DestinationGuard(true, (host, _) =>
        {
            lookups.Add(host);

            // Nothing listens on the receiver's port at the first two.
            return Task.FromResult<IPAddress[]>([IPAddress.IPv6Loopback, IPAddress.Parse("127.0.0.2"), IPAddress.Loopback]);
        }));

        using var response = await client.GetAsync(new Uri($"http://hooks.example.com:{receiver.Url.Port}/"));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(["hooks.example.com"], lookups);
        Assert.Equal($"hooks.example.com:{receiver.Url.Port}", Assert.Single(receiver.Requests).Headers.Host);
    }

    [Fact]
    public async Task A_name_that_changes_between_look_ups_is_looked_at_each_time()
    {
        await using var receiver = await Receiver.StartAsync(_ => Task.CompletedTask);
        var answers = new Queue<IPAddress>([IPAddress.Loopback, IPAddress.Parse("169.254.169.254")]);
        using var client = Client(new DestinationGuard(true, (_, _) => Task.FromResult<IPAddress[]>([answers.Dequeue()])));
        var url = new Uri($"http://rebind.example.com:{receiver.Url.Port}/");
        using var first = new HttpRequestMessage(HttpMethod.Get, url) { Headers = { ConnectionClose = true } };

        using var response = await client.SendAsync(first);
        var error = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(url));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.IsType<DestinationRefusedException>(error.GetBaseException());
        Assert.Empty(answers);
    }

    [Fact]
    public async Task A_name_without_addresses_is_an_unknown_host()
    {
        using var client = Client(new DestinationGuard(false, (_, _) => Task.FromResult<IPAddress[]>([])));

        var error = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(new Uri("http://nowhere.example.com/")));

        Assert.Equal(SocketError.HostNotFound, Assert.IsType<SocketException>(error.GetBaseException()).SocketErrorCode);
    }

    private static HttpClient Client(DestinationGuard guard) =>
        new(new SocketsHttpHandler { ConnectCallback = guard.ConnectAsync, UseProxy = false });
}
