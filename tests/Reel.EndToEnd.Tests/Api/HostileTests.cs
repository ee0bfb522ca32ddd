using Reel.EndToEnd.Tests.Desk;
using Reel.Hostile;

namespace Reel.EndToEnd.Tests.Api;

/// <summary>Whatever is sent, nothing answers 5xx, nothing hangs, nobody is told of another's, and the server goes on. <c>tests/hostile</c> sends more.</summary>
public sealed class HostileTests(Bench bench) : IClassFixture<Bench>
{
    private const int Count = 2_000;

    [Fact]
    public async Task Two_thousand_hostile_requests_do_no_harm()
    {
        var reel = await bench.StartAsync(HostileCommand.Settings);

        using var run = new HostileRun(reel.Url, ApiHost.Desk, ApiHost.Shop, seed: 2026);
        var report = await run.RunAsync(Count);

        Assert.True(report.Faults.Count == 0, $"{report}{reel.Story}");

        // They reached many corners, and few were cut off without an answer.
        Assert.True(((int[])[200, 400, 401, 404, 405, 406]).All(report.Statuses.ContainsKey), $"{report}");
        Assert.True(report.Accepted > 0 && report.Unanswered < Count / 20, $"{report}");
        Assert.Empty(HostileCommand.Complaints(reel));
        using var http = new HttpClient();
        Assert.Contains("ok", await http.GetStringAsync(new Uri(reel.Url, "/healthz")), StringComparison.Ordinal);
    }
}
