using Reel.Webhooks;
using Xunit.Abstractions;

namespace Reel.EndToEnd.Tests.CrashLab;

/// <summary>A short run of the lab; <c>tests/crash-lab</c> makes longer ones.</summary>
public sealed class CrashLabTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Thirty_kills_under_load_and_faults_lose_nothing_and_pay_for_nothing_twice()
    {
        var report = await Lab.RunAsync(LabOptions.Short(seed: Random.Shared.Next(1_000_000)), _ => { });
        output.WriteLine(report.ToString());

        Assert.True(report.Findings.IsEmpty, report.ToString());
        Assert.Equal(30, report.Kills.Values.Sum());

        // Or else the lab looks at the wrong things.
        Assert.InRange(report.Missed, 0, 15);
        Assert.Contains(report.Verdict.Endings, ending => ending.Status == "COMPLETED");
        Assert.All(WebhookTypes.OfVideo, type => Assert.True(report.Verdict.Heard(type) > 0, $"Nobody heard of {type}."));
    }
}
