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
    public async Task Without_a_webhook_there_is_nothing_to_send_again()
    {
        var id = (await desk.RunAsync("generate", "kling-2.6", "--prompt", "untold")).Output.Trim();

        var (shown, again) = (await desk.RunAsync("deliveries", id), await desk.RunAsync("deliveries", id, "--redeliver"));

        Assert.Equal((0, 1), (shown.Code, again.Code));
        Assert.Contains("No webhook was told of anything yet.", shown.Error, StringComparison.Ordinal);
        Assert.Contains("no webhook was to be told of it", again.Error, StringComparison.Ordinal);
    }
}
