namespace Reel.Generations;

/// <summary>
/// When to come back to a provider, or a process, that is at its limit. Thousands may wait for the same moment, and only so many get in: those
/// who come in vain spread out over a window four times as long each time, until as many come as are let in. Pure arithmetic: replays give the
/// same times.
/// </summary>
public static class CapacityWait
{
    private static readonly TimeSpan FirstWindow = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan LongestWindow = TimeSpan.FromMinutes(5);

    // Clocks differ, and a reset time is cut to the second.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(1);

    /// <summary>A reset time further off than this is not believed.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(30);

    /// <summary>Whether a reset time can be one: ahead, and not too far.</summary>
    public static bool IsBelievable(DateTimeOffset reset, DateTimeOffset now) => reset > now && reset <= now + Longest;

    /// <summary>A request's own moment in the window that opens with the reset.</summary>
    /// <param name="tries">How often it has tried, from 1.</param>
    /// <param name="reset">When there is room again, at the earliest.</param>
    /// <param name="deadline">When it gives up; the window never takes more than a quarter of what is left until then.</param>
    public static DateTimeOffset Until(string requestId, int tries, DateTimeOffset reset, DateTimeOffset deadline)
    {
        var window = Math.Min(FirstWindow.TotalSeconds * Math.Pow(4, Math.Min(tries - 1, 20)), LongestWindow.TotalSeconds);
        var left = Math.Max(0, (deadline - reset).TotalSeconds / 4);
        return reset + Margin + TimeSpan.FromSeconds(Math.Min(window, left) * Backoff.Spread(requestId, tries));
    }
}
