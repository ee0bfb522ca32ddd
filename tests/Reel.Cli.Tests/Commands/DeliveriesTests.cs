namespace Reel.Cli.Tests.Commands;

/// <summary><c>reel deliveries</c>.</summary>
public sealed class DeliveriesTests(CommandDesk desk) : IClassFixture<CommandDesk>
{
    [Fact]
    public async Task What_became_of_a_webhook_is_shown_and_it_is_sent_again()
    {
        var id = (await desk.RunAsync("generate", "kling-2.6", "--prompt", "told", "--webhook-url", desk.Bench.Inbox.Url)).Output.Trim();
        await desk.Bench.Inbox.WaitAsync(id);

        var again = await desk.RunAsync("deliveries", id, "--redeliver", "--json");
        Assert.Equal(2, (await desk.Bench.Inbox.WaitAsync(id, count: 2)).Count);
        var shown = await desk.RunAsync("deliveries", id);

        Assert.True(again.Code == 0, $"{again}");
        Assert.Equal(("video.completed", 1), ((string?)again.Json["type"], (int?)again.Json["redelivery"]));
        Assert.Equal((0, 2), (shown.Code, shown.Lines.Length));
        Assert.All(shown.Lines, line => Assert.StartsWith("video.completed\t", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_webhook_is_told_of_what_was_chosen_and_any_of_it_is_sent_again()
    {
        var id = (await desk.RunAsync(
            "generate", "kling-2.6", "--prompt", "told early", "--webhook-url", desk.Bench.Inbox.Url, "--webhook-events", "video.queued,video.processing")).Output.Trim();
        Assert.Equal(0, (await desk.RunAsync("watch", id)).Code);
        await desk.Bench.Inbox.WaitAsync(id);

        var again = await desk.RunAsync("deliveries", id, "--redeliver", "--event", "video.queued", "--json");
        var end = await desk.RunAsync("deliveries", id, "--redeliver");

        Assert.True(again.Code == 0, $"{again}");
        Assert.Equal("video.queued", (string?)again.Json["type"]);
        Assert.Equal(1, end.Code);
        Assert.DoesNotContain(desk.Bench.Inbox.About(id), letter => letter.Type == "video.completed");
    }

    [Fact]
    public async Task Without_a_webhook_there_is_nothing_to_send_again()
    {
        var id = (await desk.RunAsync("generate", "kling-2.6", "--prompt", "untold")).Output.Trim();

        var (shown, again) = (await desk.RunAsync("deliveries", id), await desk.RunAsync("deliveries", id, "--redeliver"));

        Assert.Equal((0, 1), (shown.Code, again.Code));
        Assert.Contains("No webhook was told of anything yet.", shown.Error, StringComparison.Ordinal);
        Assert.Contains("no webhook was to be told of it", again.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_id_that_is_neither_is_told_so()
    {
        const string id = "fe5e0481-fc94-85f9-85bd-115649ebc1d8";

        var (shown, again) = (await desk.RunAsync("deliveries", id, "--json"), await desk.RunAsync("deliveries", id, "--redeliver"));

        Assert.Equal((1, 1), (shown.Code, again.Code));
        Assert.Equal("not_found", (string?)shown.Json["error_code"]);
        Assert.Contains("There is no request and no batch of this id among yours", again.Error, StringComparison.Ordinal);
    }
}
