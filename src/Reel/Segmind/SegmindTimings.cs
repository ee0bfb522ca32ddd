namespace Reel.Segmind;

/// <summary>How long the provider is given. Tests shorten it.</summary>
public sealed record SegmindTimings
{
    /// <summary>The ones that hold outside tests.</summary>
    public static SegmindTimings Default { get; } = new();

    /// <summary>To find the host, connect and agree on TLS.</summary>
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>From the first byte of a submit's body to the last byte of its answer. The provider answers within seconds; its gateway gives up
    /// after a minute (assumed).</summary>
    public TimeSpan Submit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The longest that a submit can be under way: after it, one without a recorded outcome never gets one.</summary>
    public TimeSpan LongestSubmit => Connect + Submit;

    /// <summary>One attempt at a read.</summary>
    public TimeSpan Read { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A read with all its retries.</summary>
    public TimeSpan ReadInAll { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Attempts at a read after the first.</summary>
    public int ReadRetries { get; init; } = 3;

    /// <summary>Before the first retry, give or take the jitter; doubled for each one after.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The fewest reads within <see cref="BreakWindow"/> from which the breaker judges; it opens when half of them failed.</summary>
    public int BreakFrom { get; init; } = 10;

    /// <summary>What the breaker looks back on.</summary>
    public TimeSpan BreakWindow { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long an open breaker lets no read through.</summary>
    public TimeSpan Break { get; init; } = TimeSpan.FromSeconds(15);
}
