using System.Collections.Concurrent;
using Reel.Benchmarks.Calls;

namespace Reel.Benchmarks.Flight;

/// <summary>What is known of a flight from the ground. Timestamps are of <see cref="System.Diagnostics.Stopwatch"/>.</summary>
/// <param name="count">How many are to fly.</param>
internal sealed class FlightLog(int count)
{
    private readonly ConcurrentBag<CallTime> submits = [];

    public int Count { get; } = count;

    /// <summary>Those that were accepted.</summary>
    public ConcurrentQueue<string> Ids { get; } = new();

    public long StartedAt { get; set; }

    /// <summary>When the last was accepted.</summary>
    public long SubmittedAt { get; set; }

    /// <summary>When the last was heard of.</summary>
    public long EndedAt { get; set; }

    /// <summary>How many were over when the last was accepted: at zero, all were in flight at once.</summary>
    public int HeardWhenSubmitted { get; set; }

    /// <summary>Milliseconds, from when each was to be sent.</summary>
    public Sample SubmitTimes => new(submits.Select(timing => timing.Took.TotalMilliseconds));

    public void Add(CallTime submit) => submits.Add(submit);

    /// <summary>The id of one that was accepted, another each time; null when there is none yet.</summary>
    public string? AnId(int number)
    {
        var ids = Ids.Count;
        return ids == 0 ? null : Ids.ElementAtOrDefault((int)(number * 7919L % ids));
    }
}
