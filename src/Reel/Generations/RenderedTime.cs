using Reel.Segmind;

namespace Reel.Generations;

/// <summary>How long a render took, as far as it is known: between two checks, or just so long. Part of recorded histories.</summary>
/// <param name="Kind">See <see cref="RenderKind"/>.</param>
/// <param name="After">Seconds from the submit until it was last seen at work; 0 when it never was.</param>
/// <param name="By">Seconds from the submit until it was seen done; the same as <paramref name="After"/> where the provider has told the time.</param>
public sealed record RenderedTime(string Kind, double After, double By)
{
    // The provider begins to count a moment before its answer is known here.
    private const double Slack = 2;

    /// <summary>
    /// By two checks, and by what the provider says itself where that fits them. Null when it says that the render took longer than from the submit to
    /// the check that found it done: then the submit was heard of late, and nothing is to be learned.
    /// </summary>
    /// <param name="working">From the submit to the last check that found it at work.</param>
    /// <param name="done">From the submit to the check that found it done.</param>
    public static RenderedTime? Of(string kind, TimeSpan working, TimeSpan done, RenderMetrics? metrics)
    {
        var by = Round(done);
        var after = Math.Min(Round(working), by);
        var told = metrics?.TotalTime ?? metrics?.QueueTime + metrics?.InferenceTime;
        if (told > by + Slack) return null;
        if (told is { } seconds && seconds > Math.Max(after - Slack, 0))
            (after, by) = (Math.Round(Math.Min(seconds, by), 3), Math.Round(Math.Min(seconds, by), 3));
        return new RenderedTime(kind, after, by);
    }

    private static double Round(TimeSpan age) => Math.Round(Math.Max(age.TotalSeconds, 0), 3);
}
