using System.Text;
using System.Text.Json.Nodes;
using Reel.Cli.Listening;
using Reel.Cli.Tests.Terminal;
using Reel.EndToEnd.Tests.Azurite;
using Reel.EndToEnd.Tests.Desk;

namespace Reel.Cli.Tests.Commands;

/// <summary><c>reel webhooks listen</c>.</summary>
public sealed class ListenTests(CommandDesk desk) : IClassFixture<CommandDesk>
{
    [Fact]
    public async Task It_verifies_shows_and_hands_on_what_is_genuine_and_refuses_the_rest()
    {
        var home = TestFolder.Create();
        await File.WriteAllTextAsync(Path.Combine(home, "secret"), Inbox.Secret);
        using var listener = ReelCommandProcess.Start(
            desk.Server.Url, home, "webhooks", "listen", "--port", "0", "--secret-file", "secret", "--forward", desk.Bench.Inbox.Url, "--json");
        await listener.WaitForAsync("Listening at ");
        var hook = listener.Error.Split("Listening at ")[1].Split(',')[0];

        var generated = await desk.RunAsync("generate", "kling-2.6", "--prompt", "heard", "--webhook-url", hook, "--wait", "--json");
        var id = (string)generated.Json["request_id"]!;
        var letter = Assert.Single(await desk.Bench.Inbox.WaitAsync(id));
        using var http = new HttpClient();
        using var forged = await http.PostAsync(new Uri(hook), new StringContent("""{"type": "video.completed"}""", Encoding.UTF8, "application/json"));
        listener.Interrupt();
        var ended = await listener.EndAsync();

        Assert.Equal(Reel.Webhooks.WebhookVerdict.Valid, letter.Verdict);
        Assert.Equal(400, (int)forged.StatusCode);
        Assert.Equal(130, ended.Code);
        var shown = ended.Lines.Select(line => JsonNode.Parse(line)!).OrderByDescending(one => (string?)one["verdict"]).ToList();
        Assert.Equal(["valid", "header_missing"], shown.Select(one => (string?)one["verdict"]));
        Assert.Equal([204, 400], shown.Select(one => (int)one["answer"]!));
        Assert.Equal(id, (string?)shown[0]["body"]!["data"]!["request_id"]);
        Assert.Single(desk.Bench.Inbox.About(id));
    }

    [Fact]
    public async Task A_webhook_is_received_by_the_clock_that_is_given()
    {
        var now = new DateTimeOffset(2026, 11, 1, 23, 59, 58, TimeSpan.Zero);
        var received = new TaskCompletionSource<ReceivedWebhook>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var listener = await WebhookListener.StartAsync(0, verifier: null, forwarder: null, received.SetResult, new FixedTime(now), CancellationToken.None);
        using var http = new HttpClient();
        using var answer = await http.PostAsync(new Uri($"{listener.Url}/hook"), new StringContent("{}"));

        Assert.Equal(now, (await received.Task).ReceivedAt);
    }

    [Fact]
    public async Task The_time_is_shown_in_UTC_and_says_so()
    {
        using var listener = ReelCommandProcess.Start(desk.Server.Url, TestFolder.Create(), "webhooks", "listen", "--port", "0");
        await listener.WaitForAsync("Listening at ");
        using var http = new HttpClient();
        using var answer = await http.PostAsync(new Uri(listener.Error.Split("Listening at ")[1].Split(',')[0]), new StringContent("{}"));
        listener.Interrupt();

        Assert.Matches(@"^\d\d:\d\d:\d\dZ\tnot_verified\t", (await listener.EndAsync()).Output);
    }
}
