namespace Reel.Webhooks;

/// <summary>How many attempts a host runs at once; what it gives to the <c>AttemptWebhook</c> activity.</summary>
public sealed record AttemptCapacity(int Places)
{
    /// <summary>What host.json lets an instance of the Functions app run of all activities.</summary>
    public static AttemptCapacity OfFunctions { get; } = new(30);
}

/// <summary>
/// Who may send now, of all the attempts in this process: a receiver that hangs until the timeout is not to take the places of those that answer. It goes by
/// a receiver's last answer here. One that answered promptly gets up to half of the places, since it gives them back at once. One that did not, or is known to
/// fail, gets few, and all of those together a quarter; those of which nothing is known have half together. So a quarter is always left for who answers.
/// Who is not let in comes back on a durable timer and holds nothing meanwhile: soon, since a receiver may only have been slow for a moment, then later and
/// later, up to its place in the line.
/// </summary>
public sealed class AttemptGate(AttemptCapacity capacity, TimeProvider time)
{
    /// <summary>An answer within it is prompt.</summary>
    public static readonly TimeSpan Prompt = TimeSpan.FromSeconds(2);

    /// <summary>The longest that somebody is told to stay away: then the receiver may have recovered.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(15);

    private const int MostKept = 10_000;
    private const int MostDoublings = 12;
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan UsualHang = TimeSpan.FromSeconds(15);

    private readonly Lock gate = new();
    private readonly Dictionary<string, Receiver> receivers = new(StringComparer.Ordinal);
    private readonly Pool unknown = new(Part(capacity.Places, 2));
    private readonly Pool slow = new(Part(capacity.Places, 4));
    private readonly int mostPrompt = Part(capacity.Places, 2);
    private readonly int mostUnknown = Part(capacity.Places, 8);
    private readonly int mostSlow = Part(capacity.Places, 16);

    /// <summary>Lets an attempt in, or says when to come back; to be disposed of when the attempt is over.</summary>
    /// <param name="place">The receiver's; see <see cref="WebhookEndpoint.Place"/>.</param>
    /// <param name="isFailing">It is known to fail.</param>
    /// <param name="refusals">How often this attempt was not let in so far.</param>
    public AttemptEntry Enter(string place, bool isFailing, int refusals = 0)
    {
        lock (gate)
        {
            if (!receivers.TryGetValue(place, out var receiver))
            {
                Tidy();
                receivers[place] = receiver = new Receiver();
            }

            if (isFailing && receiver.Pace == Pace.Unknown) receiver.Pace = Pace.Slow;
            var (most, pool) = receiver.Pace switch
            {
                Pace.Prompt => (mostPrompt, null),
                Pace.Unknown => (mostUnknown, unknown),
                _ => (mostSlow, slow),
            };
            if (receiver.Running >= most) return Refuse(receiver.Line, receiver.LastTook / most, refusals);
            if (pool is not null && pool.Running >= pool.Most) return Refuse(pool.Line, UsualHang / pool.Most, refusals);

            receiver.Running++;
            if (pool is not null) pool.Running++;
            return new AttemptEntry(this, receiver, pool);
        }
    }

    internal void Leave(Receiver receiver, Pool? pool, TimeSpan? took)
    {
        lock (gate)
        {
            receiver.Running--;
            if (pool is not null) pool.Running--;
            if (took is not { } known) return;
            receiver.Pace = known <= Prompt ? Pace.Prompt : Pace.Slow;
            receiver.LastTook = known;
        }
    }

    private static int Part(int places, int divisor) => Math.Max(1, places / divisor);

    private AttemptEntry Refuse(Line line, TimeSpan step, int refusals)
    {
        var now = time.GetTimestamp();
        var ahead = line.EndsAt > now ? time.GetElapsedTime(now, line.EndsAt) : TimeSpan.Zero;
        var wait = ahead + step;

        // Beyond the longest wait the line begins again: those in it are spread over all of that time.
        if (wait > LongestWait) wait = step;
        line.EndsAt = now + (long)(wait.TotalSeconds * time.TimestampFrequency);
        var most = FirstWait * Math.Pow(2, Math.Min(refusals, MostDoublings));
        return new AttemptEntry(wait < FirstWait ? FirstWait : wait > most ? most : wait);
    }

    // What is forgotten is found out again.
    private void Tidy()
    {
        if (receivers.Count < MostKept) return;
        foreach (var idle in receivers.Where(one => one.Value.Running == 0).Select(one => one.Key).ToList()) receivers.Remove(idle);
    }

    internal enum Pace
    {
        Unknown,
        Prompt,
        Slow,
    }

    internal sealed class Line
    {
        /// <summary>A timestamp: when the last who was turned away is to come back.</summary>
        public long EndsAt { get; set; }
    }

    internal sealed class Pool(int most)
    {
        public int Most { get; } = most;

        public int Running { get; set; }

        public Line Line { get; } = new();
    }

    internal sealed class Receiver
    {
        public Pace Pace { get; set; }

        public TimeSpan LastTook { get; set; } = Prompt;

        public int Running { get; set; }

        public Line Line { get; } = new();
    }
}

/// <summary>An attempt that was let in, or one that was not.</summary>
public sealed class AttemptEntry : IDisposable
{
    private readonly AttemptGate? gate;
    private readonly AttemptGate.Receiver? receiver;
    private readonly AttemptGate.Pool? pool;
    private TimeSpan? took;
    private bool isOver;

    internal AttemptEntry(TimeSpan comeBackAfter) => ComeBackAfter = comeBackAfter;

    internal AttemptEntry(AttemptGate gate, AttemptGate.Receiver receiver, AttemptGate.Pool? pool) => (this.gate, this.receiver, this.pool) = (gate, receiver, pool);

    /// <summary>There was no room: how long to stay away. Null when it was let in.</summary>
    public TimeSpan? ComeBackAfter { get; }

    /// <summary>How long the attempt took; without it nothing was learnt of the receiver.</summary>
    public void Took(TimeSpan time) => took = time;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (isOver || gate is null) return;
        isOver = true;
        gate.Leave(receiver!, pool, took);
    }
}
