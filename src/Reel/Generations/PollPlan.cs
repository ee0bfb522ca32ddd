namespace Reel.Generations;

/// <summary>
/// At which ages of a render to ask whether it is done: made once, in an activity, so that a replay neither looks anything up nor depends on how a machine
/// rounds logarithms. Part of recorded histories.
/// </summary>
/// <param name="Kind">
/// The kind of render that its time is to be noted for; see <see cref="RenderKind"/>. Null where that would be too short, since an earlier run has submitted it.
/// </param>
/// <param name="Ages">Seconds since the submit, ascending; two at least.</param>
/// <param name="LeastSeconds">The shortest wait between two checks.</param>
/// <param name="MostSeconds">The longest, except for very old renders; see <see cref="PollSchedule.LeastAt"/>.</param>
public sealed record PollPlan(string? Kind, IReadOnlyList<double> Ages, double LeastSeconds, double MostSeconds)
{
    private const int MostAges = 120;
    private const double Bulk = 2.5;
    private const double TailShare = 0.1;

    /// <summary>
    /// Where a check is worth c seconds of lag and the chance that the render ends is h per second, waits of sqrt(2 c / h) cost the least: one to three
    /// percent more than the best plan there is. Ends where the bulk of renders has, or
    /// before, where the settings make waits so short that there are more ages than are kept.
    /// </summary>
    /// <param name="worth">c, in seconds.</param>
    public static PollPlan For(string kind, RenderSpread spread, double least, double most, double worth)
    {
        most = Math.Max(least, most);

        // Most failures (refused content, bad images) come within seconds: the first check is an early one.
        List<double> ages = [Round(least)];
        var end = spread.At(Bulk);
        for (var age = least; ages.Count < 2 || (age < end && ages.Count < MostAges);)
        {
            age += Math.Max(Wait(spread, age, least, most, worth), age / 100);
            ages.Add(Round(age));
        }

        return new PollPlan(kind, ages, least, most);
    }

    /// <summary>The wait before the next check of a render submitted so long ago.</summary>
    public TimeSpan Next(TimeSpan age)
    {
        // What is due in a moment was just asked: timers may fire early.
        var now = age.TotalSeconds;
        foreach (var planned in Ages)
        {
            if (planned >= now + LeastSeconds / 2) return TimeSpan.FromSeconds(Math.Max(planned - now, LeastSeconds));
        }

        // Past the bulk there is no telling; what has taken long takes longer still.
        var wait = TimeSpan.FromSeconds(Math.Clamp(Ages[^1] - Ages[^2] + (now - Ages[^1]) * TailShare, LeastSeconds, MostSeconds));
        return wait > PollSchedule.LeastAt(age) ? wait : PollSchedule.LeastAt(age);
    }

    // The hazard rises on the way: the wait ends where the waits' reciprocals add up to one.
    private static double Wait(RenderSpread spread, double age, double least, double most, double worth)
    {
        for (var (wait, sum) = (0.0, 0.0); wait < most;)
        {
            var step = Math.Max(least / 8, (age + wait) / 200);
            var more = step * Math.Sqrt(spread.Hazard(age + wait + step / 2) / (2 * worth));
            if (sum + more >= 1) return Math.Clamp(wait + step * (1 - sum) / more, least, most);
            (wait, sum) = (wait + step, sum + more);
        }

        return most;
    }

    private static double Round(double seconds) => Math.Round(seconds, 1);
}
