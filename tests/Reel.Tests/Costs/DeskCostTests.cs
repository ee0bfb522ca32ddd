using System.Globalization;

namespace Reel.Tests.Costs;

/// <summary>README's table of what a request costs on a desk is what it was seen to cost, and whoever makes it cost more or less has to say so there.</summary>
public sealed class DeskCostTests(DeskCosts costs) : IClassFixture<DeskCosts>
{
    private DeskCost Check => costs.Checked - costs.Plain;

    [Fact]
    public void README_says_what_a_request_costs_on_a_desk()
    {
        string[] table =
        [
            "| on a desk | durable actions | commits | rows written | history events | kept in `engine.db` | blob writes, reads | bytes of records |",
            "|---|---|---|---|---|---|---|---|",
            Row("submit, save, finish", costs.Plain - 2 * Check),
            Row("each check", Check),
            Row("a webhook that is heard at once", costs.Told - costs.Plain),
            Row("the first attempt before, that is not", costs.Retried - costs.Told),
            Row("each further one", costs.RetriedAgain - costs.Retried),
            Row("an idempotency key", costs.Keyed - costs.Plain),
            Row("the same call again", costs.Repeated),
            Row("each further 4 MiB of video", costs.Longer - costs.Plain),
            Row($"in all, with {DeskCosts.Checks} checks, a webhook, a key and 15 MB of video", costs.Whole),
        ];

        AssertSays(string.Join('\n', table));
    }

    [Fact]
    public void README_reckons_its_prices_with_what_was_counted()
    {
        var writes = costs.Plain.Blobs.Writes + 3 * (costs.Longer - costs.Plain).Blobs.Writes;

        AssertSays($"| blob writes | {writes - 5} records + 4 blocks + 1 list = {writes}; ×");
    }

    [Fact]
    public void A_request_costs_the_sum_of_its_parts()
    {
        var sum = costs.Plain + (DeskCosts.Checks - 2) * Check + (costs.Told - costs.Plain) + (costs.Keyed - costs.Plain) + 3 * (costs.Longer - costs.Plain);

        Assert.Equal(Counts(sum), Counts(costs.Whole));
    }

    [Fact]
    public void The_video_goes_to_storage_once() => Assert.InRange(costs.Whole.Blobs.VideoBytes, 15_000_000, 15_001_000);

    // Numbers and times have more digits here and there.
    private static DeskCost Counts(DeskCost cost) => cost with { Kept = 0, Blobs = cost.Blobs with { RecordBytes = 0, VideoBytes = 0 } };

    private static void AssertSays(string text)
    {
        var readme = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Readme", "README.md")).ReplaceLineEndings("\n");
        Assert.True(readme.Contains(text, StringComparison.Ordinal), $"README.md should say:\n\n{text}\n");
    }

    private static string Row(string what, DeskCost cost) => string.Create(
        CultureInfo.InvariantCulture,
        $"| {what} | {cost.Actions} | {cost.Commits} | {cost.Rows} | {cost.Events} | {Size(cost.Kept)} | {cost.Blobs.Writes}, {cost.Blobs.Reads} | {cost.Blobs.RecordBytes} |");

    private static string Size(long bytes) => bytes == 0 ? "0" : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1000.0:0.0} KB");
}
