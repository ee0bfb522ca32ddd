namespace Reel.Webhooks;

/// <summary>
/// Who may send now, of all the attempts in this process: a receiver that hangs until the timeout is not to take the places of those that answer. Each kind of
/// receiver has places of its own, so none can take another's. In them a receiver has as many as it has earned: few at first, twice as many each time that it
/// hears, few again when it hung. And whatever it has earned, it and its caller leave as many free as they hold, so that somebody who has none gets one.
/// Who is not let in comes back on a durable timer and holds nothing meanwhile: soon, since a receiver may only have been slow for a moment, then later and
/// later, up to its place in the receiver's line.
/// </summary>
public sealed class AttemptGate(AttemptCapacity capacity, TimeProvider time)
{
    /// <summary>An answer within it is prompt.</summary>
    public static readonly TimeSpan Prompt = TimeSpan.FromSeconds(2);

    /// <summary>The longest that somebody is told to stay away: then the receiver may have recovered.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(15);

    internal static readonly TimeSpan UsualHang = TimeSpan.FromSeconds(15);

    private const int MostKept = 10_000;
    private const int MostDoublings = 12;
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(250);

    private readonly Lock gate = new();
    private readonly Dictionary<string, AttemptReceiver> receivers = new(StringComparer.Ordinal);
    private readonly List<AttemptEntry> running = [];
    private readonly Dictionary<AttemptReceiver, Waiting> waiting = [];

    /// <summary>Lets an attempt in, or says when to come back; to be disposed of when the attempt is over.</summary>
    /// <param name="place">The receiver's; see <see cref="WebhookEndpoint.Place"/>.</param>
    /// <param name="isFailing">It is known to fail.</param>
    /// <param name="refusals">How often this attempt was not let in so far.</param>
    /// <param name="ticket">What it was given when it was not let in; see <see cref="AttemptEntry.Ticket"/>.</param>
    public AttemptEntry Enter(string callerId, string place, bool isFailing, int refusals = 0, long? ticket = null)
    {
        lock (gate)
        {
            var now = time.GetTimestamp();
            if (!receivers.TryGetValue(place, out var receiver))
            {
                Tidy();
                receivers[place] = receiver = new AttemptReceiver(capacity, time, isFailing);
            }

            var ofReceiver = running.Where(entry => entry.Receiver == receiver).ToList();
            var isHanging = ofReceiver.Exists(entry => time.GetElapsedTime(entry.Began, now) > Prompt);
            var kind = receiver.Kind(now, isHanging);
            var isEarned = ofReceiver.Count < (isHanging ? receiver.AllowanceWhileHanging : receiver.Allowance);
            var isCrowded = isEarned && !IsRoom(kind, callerId, receiver, ofReceiver.Count, now);
            if (isCrowded && receiver.IsProving)
            {
                kind = ReceiverKind.Slow;
                isCrowded = !IsRoom(kind, callerId, receiver, ofReceiver.Count, now);
            }

            if (!receiver.IsTurnOf(ticket, now) || !isEarned || isCrowded)
            {
                var number = receiver.NumberOf(ticket);
                var refused = Refuse(number, refusals, receiver.Until(number, now, isCrowded ? UsualHang / capacity.MostOf(kind) : null));
                if (ofReceiver.Count == 0) Await(receiver, callerId, kind, now, refused.ComeBackAfter!.Value);
                return refused;
            }

            waiting.Remove(receiver);
            var let = new AttemptEntry(this, receiver, callerId, kind, now);
            running.Add(let);
            return let;
        }
    }

    internal void Leave(AttemptEntry entry, (bool IsHeard, TimeSpan Took)? answer)
    {
        lock (gate)
        {
            if (running.Remove(entry) && answer is var (isHeard, took)) entry.Receiver!.Learn(time.GetTimestamp(), isHeard, took);
        }
    }

    /// <summary>
    /// A caller can have half of the places of a kind, and a receiver two fifths; of what others have left free, again as much. Those free are first of all for
    /// the receivers that have none, and among them for those that have waited longest.
    /// </summary>
    private bool IsRoom(ReceiverKind kind, string callerId, AttemptReceiver receiver, int ofReceiver, long now)
    {
        var ofKind = running.FindAll(entry => entry.Kind == kind);
        var free = capacity.MostOf(kind) - ofKind.Count;
        if (!MayHaveMore(callerId) || 3 * ofReceiver >= 2 * free) return false;

        var since = waiting.TryGetValue(receiver, out var own) ? own.Since : now;
        return waiting.Values.Where(other => other.Kind == kind && other.Since < since && other.BackAt >= now && MayHaveMore(other.CallerId)).Take(free).Count() < free;

        bool MayHaveMore(string caller) => ofKind.Count(entry => entry.CallerId == caller) < free;
    }

    private void Await(AttemptReceiver receiver, string callerId, ReceiverKind kind, long now, TimeSpan wait)
    {
        var backAt = now + (long)(wait.TotalSeconds * time.TimestampFrequency);
        waiting[receiver] = waiting.TryGetValue(receiver, out var before)
            ? before with { Kind = kind, BackAt = before.BackAt > now ? Math.Min(before.BackAt, backAt) : backAt }
            : new Waiting(callerId, kind, now, backAt);
    }

    private static AttemptEntry Refuse(long ticket, int refusals, TimeSpan ahead)
    {
        var soon = FirstWait * Math.Pow(2, Math.Min(refusals, MostDoublings));
        var most = ahead < LongestWait ? ahead : LongestWait;
        var wait = soon < most ? soon : most;
        return new AttemptEntry(wait < FirstWait ? FirstWait : wait, ticket);
    }

    // What is forgotten is found out again.
    private void Tidy()
    {
        if (receivers.Count < MostKept) return;
        var busy = running.Select(entry => entry.Receiver).ToHashSet();
        foreach (var idle in receivers.Where(one => !busy.Contains(one.Value)).Select(one => one.Key).ToList()) receivers.Remove(idle);
        waiting.Clear();
    }

    /// <summary>A receiver that has no place and wants one.</summary>
    /// <param name="BackAt">When somebody comes for it. Later nothing is kept for it: the delivery may have ended.</param>
    private sealed record Waiting(string CallerId, ReceiverKind Kind, long Since, long BackAt);
}
