namespace Reel.Orchestration;

/// <summary>How often a failed activity is run again, and when. Intervals are whole seconds at the least; see <see cref="IOrchestrationContext.CreateTimer"/>.</summary>
/// <param name="MaxAttempts">Runs in all, the first included; 1 or more.</param>
/// <param name="FirstInterval">From the first failure to the second run.</param>
/// <param name="Backoff">Each interval is the one before times this; 1 or more.</param>
/// <param name="MaxInterval">The longest interval; null for no limit.</param>
public sealed record RetryPolicy(int MaxAttempts, TimeSpan FirstInterval, double Backoff = 2, TimeSpan? MaxInterval = null)
{
    /// <summary>The wait after the given failed attempt (1 for the first).</summary>
    public TimeSpan IntervalAfter(int attempt)
    {
        var seconds = FirstInterval.TotalSeconds * Math.Pow(Backoff, attempt - 1);
        return TimeSpan.FromSeconds(Math.Min(seconds, (MaxInterval ?? TimeSpan.FromDays(1)).TotalSeconds));
    }
}
