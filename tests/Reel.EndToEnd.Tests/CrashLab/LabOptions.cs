namespace Reel.EndToEnd.Tests.CrashLab;

/// <summary>What a run of the lab does.</summary>
/// <param name="Concurrency">Requests under way at once.</param>
/// <param name="Faults">The share of the provider's answers, and of the receivers', that are faulty: 0 to below 1.</param>
/// <param name="Seed">What is killed when, what is asked and what goes wrong follow from it.</param>
/// <param name="Speed">How many times faster than the real provider.</param>
/// <param name="Aged">See <see cref="Kill"/>: after every kill, or after every other.</param>
/// <param name="LongestLife">Of a process that is killed at no moment in particular.</param>
/// <param name="SettleLimit">How long all may take to come to their ends after the last kill.</param>
/// <param name="Log">A file that gets everything that the killed processes said; null for none.</param>
internal sealed record LabOptions(
    int Kills, int Concurrency, double Faults, int Seed, double Speed, bool Aged, TimeSpan LongestLife, TimeSpan SettleLimit, string? Log = null)
{
    /// <summary>Short enough for every build.</summary>
    public static LabOptions Short(int seed) =>
        new(30, 16, 0.2, seed, 120, Aged: true, TimeSpan.FromSeconds(0.8), TimeSpan.FromMinutes(5));

    /// <summary>By hand: renders of 2 to 4 seconds, and doubts that are waited out.</summary>
    public static LabOptions Long(int kills, int concurrency, double faults, int seed, string? log) =>
        new(kills, concurrency, faults, seed, 40, Aged: false, TimeSpan.FromSeconds(3), TimeSpan.FromMinutes(20), log);
}
