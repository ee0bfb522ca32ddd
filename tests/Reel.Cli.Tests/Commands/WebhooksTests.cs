using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Reel.Cli.Tests.Client;

namespace Reel.Cli.Tests.Commands;

/// <summary><c>reel webhooks</c>: receivers in trouble, and keys.</summary>
public sealed class WebhooksTests(CommandDesk desk) : IClassFixture<CommandDesk>
{
    [Fact]
    public async Task A_receiver_that_fails_is_shown_and_sent_to_again()
    {
        await using var receiver = await GoneAsync();
        var hook = $"{receiver.Urls.First()}/hook";
        var none = await desk.RunAsync("webhooks", "endpoints");
        var unknown = await desk.RunAsync("webhooks", "resume", hook);
        var id = (await desk.RunAsync("generate", "kling-2.6", "--prompt", "missed", "--webhook-url", hook)).Output.Trim();
        Assert.Equal(0, (await desk.RunAsync("watch", id)).Code);
        var shown = await ShownAsync();
        var json = await desk.RunAsync("webhooks", "endpoints", "--json");
        var resumed = await desk.RunAsync("webhooks", "resume", hook, "--redeliver", "--json");

        Assert.Equal((0, 1), (none.Code, unknown.Code));
        Assert.Contains("All of your endpoints are well", none.Error, StringComparison.Ordinal);
        Assert.Contains("No endpoint of this URL has failed or missed anything", unknown.Error, StringComparison.Ordinal);
        Assert.Matches($@"^{hook}\t\w+\t1\t", Assert.Single(shown.Lines));
        Assert.Equal(hook, (string?)JsonNode.Parse(Assert.Single(json.Lines))!["url"]);
        Assert.True(resumed.Code == 0, $"{resumed}");
        Assert.True((bool?)resumed.Json["resending"]);
        Assert.Contains("the 1 that it has missed", resumed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_no_public_key_signs_that_is_said()
    {
        var (keys, json) = (await desk.RunAsync("webhooks", "keys"), await desk.RunAsync("webhooks", "keys", "--json"));

        Assert.Equal((0, ""), (keys.Code, keys.Output));
        Assert.Contains("There is no public key", keys.Error, StringComparison.Ordinal);
        Assert.Empty(json.Json["public_keys"]!.AsArray());
    }

    [Fact]
    public async Task Public_keys_are_a_line_each()
    {
        var server = new FakeServer(FakeServer.Json(200, """{"public_keys": ["whpk_a", "whpk_b"]}"""));
        using var client = server.Connect();

        Assert.Equal(["whpk_a", "whpk_b"], (await client.Webhooks.KeysAsync()).PublicKeys);
        Assert.EndsWith("/v2/webhooks/keys", Assert.Single(server.Calls).Path, StringComparison.Ordinal);
    }

    // Its webhook is tried, and given up, after the request has ended.
    private async Task<Ended> ShownAsync()
    {
        var deadline = DateTime.UtcNow.AddSeconds(120);
        while (true)
        {
            var shown = await desk.RunAsync("webhooks", "endpoints");
            if (shown.Lines.Length > 0 || DateTime.UtcNow > deadline) return shown;
        }
    }

    private static async Task<WebApplication> GoneAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(context =>
        {
            context.Response.StatusCode = StatusCodes.Status410Gone;
            return Task.CompletedTask;
        });
        await app.StartAsync();
        return app;
    }
}
