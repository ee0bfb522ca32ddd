namespace Reel.Webhooks;

/// <summary>
/// One receiver, as <see cref="AttemptGate"/> knows it: how fast it was, what it may have at once, and the line of those who wait for it. Each who waits has a
/// number, and the numbers are called at the rate at which the receiver has worked off attempts. Times are timestamps.
/// </summary>
internal sealed class AttemptReceiver(AttemptCapacity capacity, TimeProvider time, bool isFailing)
{
    // For each second that a place was held beyond what is prompt, so long it does not count as prompt: hanging now and then is not to pay.
    private const int SecondsBarredPerSecond = 4;

    // So often in a row it has to answer soon before it counts as prompt: of one that hangs half of the times, few come so far.
    private const int LeastInARow = 5;

    private static readonly TimeSpan FirstGuess = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan ShortestTook = TimeSpan.FromMilliseconds(1);

    private ReceiverKind last = isFailing ? ReceiverKind.Failing : ReceiverKind.New;
    private TimeSpan took = isFailing ? AttemptGate.UsualHang : FirstGuess;
    private long barredUntil = long.MinValue;
    private int promptInARow;
    private long issued;
    private double called;
    private long calledAt;
    private long lastBackAt;

    /// <summary>How many attempts it may have at once.</summary>
    public int Allowance { get; private set; } = capacity.LeastOfReceiver;

    /// <summary>One of its attempts is taking longer than what is prompt: it gets no more than <see cref="AttemptCapacity.LeastOfReceiver"/> until it is known why.</summary>
    public int AllowanceWhileHanging => last is ReceiverKind.Slow ? Allowance : capacity.LeastOfReceiver;

    /// <summary>So far it has always answered soon, but not often: it may also have places of those that are slow.</summary>
    public bool IsProving => last == ReceiverKind.Prompt && barredUntil == long.MinValue && promptInARow < LeastInARow;

    private TimeSpan Step => took / Allowance;

    /// <summary>Which places are for it.</summary>
    public ReceiverKind Kind(long now, bool isHanging) =>
        last != ReceiverKind.Prompt ? last
        : !isHanging && barredUntil <= now && promptInARow >= LeastInARow ? ReceiverKind.Prompt
        : !isHanging && IsProving ? ReceiverKind.New
        : ReceiverKind.Slow;

    /// <summary>An attempt is over. Whoever answers soon gets twice as much each time that it hears; whoever hung begins again.</summary>
    public void Learn(long now, bool isHeard, TimeSpan took)
    {
        Call(now);
        this.took = took > ShortestTook ? took : ShortestTook;
        var isPrompt = took <= AttemptGate.Prompt;
        var kind = isPrompt ? ReceiverKind.Prompt : isHeard ? ReceiverKind.Slow : ReceiverKind.Failing;
        if (isHeard && (isPrompt || last == ReceiverKind.Slow)) Allowance = Math.Min(capacity.MostOfReceiver(kind), 2 * Allowance);
        else if (!isPrompt) Allowance = capacity.LeastOfReceiver;
        last = kind;
        promptInARow = isPrompt ? Math.Min(LeastInARow, promptInARow + 1) : 0;
        if (isPrompt) return;

        var barred = Math.Max(now, barredUntil) + Ticks(SecondsBarredPerSecond * (took - AttemptGate.Prompt));
        barredUntil = Math.Min(barred, now + Ticks(AttemptGate.LongestWait));
    }

    /// <summary>Whether somebody may go who has this number, or none; nobody overtakes those who were there before.</summary>
    public bool IsTurnOf(long? number, long now)
    {
        Call(now);
        return called >= issued || number <= called;
    }

    /// <summary>A number for who has none yet. One from another process, or from before a restart, says nothing here.</summary>
    public long NumberOf(long? known) => known <= issued ? known.Value : ++issued;

    /// <summary>
    /// How long until a number is called. Those that were called and found no room come back one after the other, since of a crowd that comes at once most would
    /// find none again.
    /// </summary>
    /// <param name="placeEvery">How often a place comes free where others have them all; null when it is only up to this receiver.</param>
    public TimeSpan Until(long number, long now, TimeSpan? placeEvery)
    {
        if (number > called) return (number - called) * Step;

        var ahead = lastBackAt > now ? time.GetElapsedTime(now, lastBackAt) : TimeSpan.Zero;
        var wait = ahead < AttemptGate.UsualHang ? ahead + (placeEvery ?? Step) : placeEvery ?? Step;
        lastBackAt = now + Ticks(wait);
        return wait;
    }

    private void Call(long now)
    {
        called = Math.Min(issued, called + (time.GetElapsedTime(calledAt, now) / Step));
        calledAt = now;
    }

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);
}
