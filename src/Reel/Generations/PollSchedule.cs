namespace Reel.Generations;

/// <summary>When to ask the provider whether a render is done. Part of recorded inputs.</summary>
/// <param name="TypicalSeconds">The model's typical time.</param>
/// <param name="LeastSeconds">The shortest wait between two checks.</param>
/// <param name="MostSeconds">The longest wait between two checks, except for very old renders; see <see cref="LeastAt"/>.</param>
public sealed record PollSchedule(double TypicalSeconds, double LeastSeconds, double MostSeconds)
{
    // A third of the way to (or past) the typical time: few checks while it can hardly be done, dense ones around it, patient ones after.
    private const double Share = 1.0 / 3;

    /// <summary>The wait before the next check of a render submitted so long ago.</summary>
    public TimeSpan Next(TimeSpan age)
    {
        // Most failures (refused content, bad images) come within seconds: the first check is an early one.
        if (age.TotalSeconds < LeastSeconds) return TimeSpan.FromSeconds(LeastSeconds);

        var distance = Math.Abs(TypicalSeconds - age.TotalSeconds);
        var wait = TimeSpan.FromSeconds(Math.Clamp(distance * Share, LeastSeconds, Math.Max(LeastSeconds, MostSeconds)));
        return wait > LeastAt(age) ? wait : LeastAt(age);
    }

    /// <summary>
    /// A hundredth of what has been waited: hardly noticed, and a history stays short (some hundred rounds for a day) whatever the settings.
    /// </summary>
    public static TimeSpan LeastAt(TimeSpan age) => age / 100;
}
