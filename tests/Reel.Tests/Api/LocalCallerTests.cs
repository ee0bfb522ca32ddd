using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Reel.Api;

namespace Reel.Tests.Api;

/// <summary>Who is let in where there are no keys.</summary>
public sealed class LocalCallerTests
{
    [Theory]
    [InlineData("127.0.0.1", "localhost:7071")]
    [InlineData("127.0.0.1", "127.0.0.1:7071")]
    [InlineData("::1", "[::1]:7071")]
    [InlineData("::ffff:127.0.0.1", "LOCALHOST")]
    public async Task Somebody_at_this_machine_is(string address, string host) => Assert.Equal(Caller.Local, await LetInAsync(address, host));

    [Theory]
    [InlineData("10.0.0.7", "localhost")]
    [InlineData("127.0.0.1", "reel.example.com")]
    [InlineData("127.0.0.1", "")]
    [InlineData(null, "localhost")]
    public async Task Somebody_elsewhere_is_not(string? address, string host) =>
        Assert.Equal(401, (await Assert.ThrowsAsync<ApiException>(() => LetInAsync(address, host))).Status);

    [Theory]
    [InlineData("X-Forwarded-For")]
    [InlineData("x-forwarded-host")]
    [InlineData("X-Forwarded-Proto")]
    [InlineData("Forwarded")]
    [InlineData("X-Real-IP")]
    [InlineData("Via")]
    public async Task Whoever_comes_through_a_proxy_on_this_machine_is_not(string header)
    {
        var refused = await Assert.ThrowsAsync<ApiException>(() => LetInAsync("127.0.0.1", "localhost", header));

        Assert.Equal((401, "unauthorized"), (refused.Status, refused.Error.ErrorCode));
        Assert.Contains("proxy", refused.Error.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_a_key_it_may_come_through_any_proxy()
    {
        const string Key = "the-key-of-one-0123456789";
        var keys = new ApiKeys(Options.Create(new ApiOptions { Keys = new() { ["one"] = Key } }));

        Assert.Equal(new Caller("one"), await LetInAsync("10.0.0.7", "reel.example.com", "X-Forwarded-For", keys, Key));
    }

    private static async Task<Caller?> LetInAsync(string? address, string host, string? header = null, ApiKeys? keys = null, string? key = null)
    {
        Caller? caller = null;
        var access = new CallerAccess(
            context =>
            {
                caller = context.Caller();
                return Task.CompletedTask;
            },
            keys ?? new ApiKeys(Options.Create(new ApiOptions())));
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = address is null ? null : IPAddress.Parse(address);
        context.Request.Host = new HostString(host);
        if (header is not null) context.Request.Headers[header] = "203.0.113.9";
        if (key is not null) context.Request.Headers["x-api-key"] = key;
        await access.InvokeAsync(context);
        return caller;
    }
}
