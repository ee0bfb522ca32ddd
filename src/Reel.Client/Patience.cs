namespace Reel.Client;

/// <summary>Says how long to wait before the next attempt, and when there is to be none.</summary>
internal sealed class Patience(TimeSpan most, TimeProvider time)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    private readonly long start = time.GetTimestamp();
    private int attempts;

    /// <summary>The next wait: what the server said, or else doubling from 0.2 to 5 seconds, with a fifth of chance; null when patience is over.</summary>
    public TimeSpan? Next(TimeSpan? retryAfter = null)
    {
        var doubled = First * Math.Pow(2, Math.Min(attempts++, 10));
        var wait = retryAfter ?? (doubled < Longest ? doubled : Longest) * (0.9 + 0.2 * Random.Shared.NextDouble());
        return time.GetElapsedTime(start) + wait <= most ? wait : null;
    }
}
