using System.Globalization;
using Reel.Cli.Tests.Terminal;

namespace Reel.Cli.Tests.Bulk;

/// <summary>A folder as the version before rounds and webhooks wrote it, letter by letter: what outlives a version must be read by the next.</summary>
public sealed class OlderFolderTests
{
    private const string State = """
        {"run":"5b0f7f0e-3d7d-4a53-9f0e-0c5a3f1c2d4e","url":"http://reel.test/","chunks":[{"lines":[1,2],"sha256":"b43ac65e0600daad58625210c6e41af1a81c6b28f534093193b1f02e5c42af66","concurrency":5,"sent_at":"2026-11-18T10:00:00.1234567+00:00","batch_id":"batch-1"},{"lines":[3],"sha256":"389d42d9a5766a33e43c9a95fe1e7555f2896ab790b0ec7e2c9dd552b9d4a44a","concurrency":5,"sent_at":"2026-11-18T10:00:01.1234567+00:00"}],"caller":"9e82e04fed6a4754d719fe5d093a5335"}
        """;

    private const string Results = """
        {"line":1,"status":"FAILED","request_id":"00000001-0000-0000-0000-000000000000","batch_id":"batch-1","cost":0,"charged":"no","error_code":"provider_failed","error":"The provider could not"}

        """;

    private readonly RetryDesk desk = new() { Time = new FixedTime(DateTimeOffset.Parse("2026-11-18T11:00:00Z", CultureInfo.InvariantCulture)) };

    public OlderFolderTests()
    {
        File.WriteAllText(Path.Combine(desk.Path, "reel-batch.json"), State);
        File.WriteAllText(Path.Combine(desk.Path, "results.jsonl"), Results);
        desk.Server.Orders.Add(new Order("of the first", "batch-1", "1 2"));
    }

    [Fact]
    public async Task Is_gone_on_with_and_what_was_not_answered_is_sent_as_it_was()
    {
        var results = await desk.RunAsync();

        Assert.Equal(2, desk.Server.Orders.Count);
        var order = desk.Server.Orders[1];
        Assert.Equal("\"reel-batch/5b0f7f0e-3d7d-4a53-9f0e-0c5a3f1c2d4e/3/389d42d9a5766a33e43c9a95fe1e7555\"", order.Key);
        Assert.Equal("""?concurrency=5&metadata={"reel_batch":"5b0f7f0e-3d7d-4a53-9f0e-0c5a3f1c2d4e","first_line":3}""", Uri.UnescapeDataString(order.Query));
        Assert.Equal("""{"n": 3}""", order.Body);
        Assert.Equal(["batch-1", "batch-1", "batch-2"], results.Select(result => result.BatchId));
        Assert.Equal(1, desk.Server.Calls);
    }

    [Fact]
    public async Task What_had_failed_in_it_can_be_ordered_again()
    {
        await desk.RunAsync(failed: true);

        Assert.Equal(["1 2", "3", "1"], desk.Server.Orders.Select(order => order.Lines));
        Assert.EndsWith("/2\"", desk.Server.Orders[2].Key, StringComparison.Ordinal);
    }
}
