using Reel.Cli.Tests.Bulk;
using Reel.EndToEnd.Tests.Azurite;

namespace Reel.Cli.Tests.Commands;

/// <summary><c>reel batches</c>, and what else is about a batch.</summary>
public sealed class BatchesTests(CommandDesk desk) : IClassFixture<CommandDesk>
{
    [Fact]
    public async Task A_batch_is_listed_shown_with_its_requests_and_its_webhook_is_sent_again()
    {
        var home = TestFolder.Create();
        await BatchTests.WriteAsync(home, "in.jsonl", BatchTests.Line("of a batch"), BatchTests.Line("[fail] of a batch"));
        using var command = ReelCommandProcess.Start(
            desk.Server.Url, home, "batch", "in.jsonl", "--out", "out", "--webhook-url", desk.Bench.Inbox.Url, "--webhook-events", "video.failed,batch.completed");
        Assert.Equal(3, (await command.EndAsync()).Code);
        var results = BatchTests.Results(home);
        var id = (string)results[0]["batch_id"]!;
        await desk.Bench.Inbox.WaitAsync((string)results[1]["request_id"]!);
        await Wait.UntilAsync(() => desk.Bench.Inbox.All.Any(letter => letter.Type == "batch.completed"), "batch.completed", 120);

        var listed = await desk.RunAsync("batches", "list", "--all");
        var status = await desk.RunAsync("batches", "status", id);
        var failed = await desk.RunAsync("list", "--batch", id, "--status", "FAILED");
        var all = await desk.RunAsync("list", "--batch", id, "--json");
        var deliveries = await desk.RunAsync("deliveries", id);
        var again = await desk.RunAsync("deliveries", id, "--redeliver", "--json");

        Assert.Contains(listed.Lines, line => line.StartsWith($"{id}\t", StringComparison.Ordinal) && line.Contains("\tCOMPLETED\t2\t1\t1\t", StringComparison.Ordinal));
        Assert.Contains("error_codes\t1 provider_failed\n", status.Output, StringComparison.Ordinal);
        Assert.StartsWith((string)results[1]["request_id"]!, Assert.Single(failed.Lines), StringComparison.Ordinal);
        Assert.Equal(2, all.Lines.Length);
        Assert.StartsWith("batch.completed\t", Assert.Single(deliveries.Lines), StringComparison.Ordinal);
        Assert.True(again.Code == 0, $"{again}");
        Assert.Equal("batch.completed", (string?)again.Json["type"]);
    }

    [Fact]
    public async Task A_batch_that_is_cancelled_begins_nothing_more_and_its_command_comes_to_an_end()
    {
        var home = TestFolder.Create();
        await BatchTests.WriteAsync(home, "in.jsonl", [.. Enumerable.Range(0, 3).Select(i => BatchTests.Line($"[stuck] {i}"))]);
        using var command = ReelCommandProcess.Start(desk.Server.Url, home, "batch", "in.jsonl", "--out", "out", "--concurrency", "1");
        var state = Path.Combine(home, "out", "reel-batch.json");
        await Wait.UntilAsync(() => File.Exists(state) && File.ReadAllText(state).Contains("batch_id", StringComparison.Ordinal), "the batch", 120);
        var id = (string)System.Text.Json.Nodes.JsonNode.Parse(await File.ReadAllTextAsync(state))!["chunks"]![0]!["batch_id"]!;

        var cancelled = await desk.RunAsync("batches", "cancel", id);
        var ended = await command.EndAsync();

        Assert.True(cancelled.Code == 0, $"{cancelled}");
        Assert.True(ended.Code == 3, $"{ended}");
        Assert.All(BatchTests.Results(home), result => Assert.Equal("canceled", (string?)result["error_code"]));
    }
}
