namespace Reel.Timing;

/// <summary>
/// Where the time of one API call goes. Whoever asks the durable engine or the storage notes how long that took; outside of a call, in an activity for
/// one, nothing is noted. What a call does at the same time is added up, so that the parts may be more than the whole.
/// </summary>
public sealed class CallTiming
{
    private static readonly AsyncLocal<CallTiming?> Call = new();

    private readonly TimeProvider time;
    private readonly long[] parts = new long[2];
    private readonly long start;

    private CallTiming(TimeProvider time) => (this.time, start) = (time, time.GetTimestamp());

    /// <summary>Since the call began.</summary>
    public TimeSpan Total => time.GetElapsedTime(start);

    /// <summary>Begins with a call; what this flow of control does from here on is noted.</summary>
    public static CallTiming Begin(TimeProvider time) => Call.Value = new CallTiming(time);

    /// <summary>Notes a part from here until what it gives is disposed; null, and nothing is noted, outside of a call.</summary>
    public static IDisposable? Start(TimedPart part) => Call.Value is { } call ? new Measure(call, part) : null;

    /// <summary>All there was of a part so far.</summary>
    public TimeSpan Of(TimedPart part) => time.GetElapsedTime(0, Interlocked.Read(ref parts[(int)part]));

    private sealed class Measure(CallTiming call, TimedPart part) : IDisposable
    {
        private readonly long start = call.time.GetTimestamp();

        public void Dispose() => Interlocked.Add(ref call.parts[(int)part], call.time.GetTimestamp() - start);
    }
}

/// <summary>Whom a call waits for.</summary>
public enum TimedPart
{
    /// <summary>The durable engine.</summary>
    Engine,

    /// <summary>Blob storage.</summary>
    Storage,
}
