using System.Globalization;
using System.Text;
using Reel.Webhooks;

namespace Reel.EndToEnd.Tests.CrashLab;

/// <summary>What came of a run.</summary>
/// <param name="Kills">By the moment at which they struck.</param>
/// <param name="Missed">Moments that did not come in time, so that the kill was one at random.</param>
internal sealed record LabReport(
    LabOptions Options,
    IReadOnlyDictionary<Moment, int> Kills,
    int Missed,
    int StorageKills,
    IReadOnlyCollection<Shot> Shots,
    Verdict Verdict,
    Findings Findings,
    TimeSpan Duration)
{
    /// <summary>The figures, a line each, and then whatever was found.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        void Line(string name, object value) => text.Append(CultureInfo.InvariantCulture, $"{name,-34}{value,8}\n");

        Line("seed", Options.Seed);
        Line("kills", Kills.Values.Sum());
        foreach (var (moment, count) in Kills) Line($"  at {moment}", count);
        Line("  whose moment did not come", Missed);
        Line("kills of the storage", StorageKills);
        Line("requests sent", Shots.Count);
        Line("  answered with 200", Shots.Count(shot => shot.Ids.Count > 0));
        Line("  known to Reel", Verdict.Endings.Count);
        foreach (var end in Verdict.Endings.GroupBy(ending => ending.ErrorCode ?? ending.Status).OrderByDescending(end => end.Count()))
            Line($"    {end.Key}", end.Count());
        foreach (var type in WebhookTypes.OfVideo) Line($"{type} asked for and heard", Verdict.Heard(type));
        Line("submits", Verdict.Submits.Sum(of => of.Count));
        Line("most accepted of one request", Verdict.Submits.Select(of => of.Count(submit => submit.Accepted)).DefaultIfEmpty().Max());
        foreach (var breach in Enum.GetValues<Breach>()) Line($"breach: {breach}", Findings.Count(breach));
        Line("duration", Duration.ToString(@"hh\:mm\:ss", CultureInfo.InvariantCulture));
        foreach (var finding in Findings.Describe(most: 5)) text.Append('\n').Append(finding);
        return text.ToString();
    }
}
