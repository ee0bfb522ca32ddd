using Reel.EndToEnd.Tests.Azurite;
using Reel.Hostile;

namespace Reel.Functions.Tests.Api;

/// <summary>Whatever is sent, through the function.</summary>
public sealed class HostileTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    private const int Count = 1_000;

    [Fact]
    public async Task A_thousand_hostile_requests_do_no_harm()
    {
        await using var server = await WorkerServer.StartAsync(
            ("AzureWebJobsStorage", azurite.ConnectionString), ("Api:SyncWait", "00:00:02"), ("Api:StreamLimit", "00:00:02"));

        using var run = new HostileRun(server.Address, WorkerServer.DeskKey, WorkerServer.ShopKey, seed: 2027);
        var report = await run.RunAsync(Count);

        Assert.True(report.Faults.Count == 0, $"{report}");
        Assert.True(((int[])[200, 400, 401, 404, 405, 406]).All(report.Statuses.ContainsKey), $"{report}");
        Assert.True(report.Accepted > 0 && report.Unanswered < Count / 20, $"{report}");
        using var caller = server.Caller();
        Assert.Contains("ok", await caller.GetStringAsync("/healthz"), StringComparison.Ordinal);
    }
}
