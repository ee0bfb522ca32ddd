using System.Threading.RateLimiting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Reel.Segmind;

namespace Reel.Generations;

/// <summary>
/// Who may post now, of all the submits in this process: so many at once (<see cref="SegmindOptions.MaxConcurrentSubmits"/>), first come first
/// served, and none for a while after the provider named a reset time. Who does not get in has posted nothing, has no record and holds no
/// place: it comes back on a durable timer. Half as many may wait as may post, and for <see cref="LongestWait"/> only, since a wait takes one of the
/// host's places for activities. One for a whole process.
/// </summary>
public sealed partial class SubmitGate : IDisposable
{
    /// <summary>How long a submit waits to be let in.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    /// <summary>A reset time is believed for others than the one that heard it only so far ahead: then a few may find out again.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan ComeBack = TimeSpan.FromSeconds(1);

    private readonly TimeProvider time;
    private readonly ILogger<SubmitGate> logger;
    private readonly int most;
    private readonly ConcurrencyLimiter places;
    private long closedUntil;

    /// <summary>A gate with as many places as the settings say.</summary>
    public SubmitGate(IOptions<SegmindOptions> options, TimeProvider time, ILogger<SubmitGate> logger)
    {
        this.time = time;
        this.logger = logger;
        most = options.Value.MaxConcurrentSubmits;
        places = new ConcurrencyLimiter(new ConcurrencyLimiterOptions
        {
            PermitLimit = most,
            QueueLimit = Math.Max(1, most / 2),
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        });
    }

    /// <summary>Lets in at once, to be disposed of when the post is over; null where one would have to wait or is held back.</summary>
    public SubmitEntry? TryEnter()
    {
        if (Closed() is not null) return null;
        var lease = places.AttemptAcquire();
        if (lease.IsAcquired) return new SubmitEntry(lease, null);
        lease.Dispose();
        return null;
    }

    /// <summary>Waits to be let in; to be disposed of when the post is over.</summary>
    /// <exception cref="OperationCanceledException">The host stops; nothing was begun.</exception>
    public async Task<SubmitEntry> EnterAsync(CancellationToken cancellationToken)
    {
        if (Closed() is { } closed) return closed;
        if (await PlaceAsync(cancellationToken) is not { } place)
            return SubmitEntry.Refuse($"As many submits are under way as may be at a time ({most}).", time.GetUtcNow() + ComeBack);

        // The news may have come while this one waited.
        if (Closed() is not { } shut) return new SubmitEntry(place, null);
        place.Dispose();
        return shut;
    }

    /// <summary>Tells what a submit that was let in heard from the provider.</summary>
    public void Heard(SubmitOutcome outcome)
    {
        if (outcome is not { Kind: SubmitKind.RateLimited, RetryAt: { } reset }) return;

        var now = time.GetUtcNow();
        var until = CapacityWait.IsBelievable(reset, now) ? Math.Min(reset.UtcTicks, (now + LongestPause).UtcTicks) : 0;
        for (var known = Volatile.Read(ref closedUntil); known < until || (until > 0 && IsOfAnotherClock(known, now));)
        {
            var before = Interlocked.CompareExchange(ref closedUntil, until, known);
            if (before == known)
            {
                LogClosed(logger, new DateTimeOffset(until, TimeSpan.Zero));
                return;
            }

            known = before;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => places.Dispose();

    private SubmitEntry? Closed()
    {
        var until = Volatile.Read(ref closedUntil);
        var now = time.GetUtcNow();
        return now.UtcTicks >= until || IsOfAnotherClock(until, now)
            ? null
            : SubmitEntry.Refuse("The provider has just refused a submit for its rate limit; this one was not sent.", new DateTimeOffset(until, TimeSpan.Zero));
    }

    // Further off than the gate is ever closed for: the clock was set back since.
    private static bool IsOfAnotherClock(long until, DateTimeOffset now) => until > (now + LongestPause).UtcTicks;

    private async Task<RateLimitLease?> PlaceAsync(CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(LongestWait, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            var lease = await places.AcquireAsync(1, either.Token);
            if (lease.IsAcquired) return lease;
            lease.Dispose();
            return null;
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The provider is at its rate limit; no submits until {Until:u}.")]
    private static partial void LogClosed(ILogger logger, DateTimeOffset until);
}

/// <summary>What the gate said.</summary>
/// <param name="place">The place that is taken while this is not disposed of; null without one.</param>
/// <param name="heldBack">What the submit comes to that was not let in.</param>
public sealed class SubmitEntry(IDisposable? place, SubmitOutcome? heldBack) : IDisposable
{
    /// <summary>Null when it may post.</summary>
    public SubmitOutcome? HeldBack { get; } = heldBack;

    /// <inheritdoc/>
    public void Dispose() => place?.Dispose();

    internal static SubmitEntry Refuse(string why, DateTimeOffset retryAt) =>
        new(null, new SubmitOutcome(SubmitKind.Pending, Error: why, RetryAt: retryAt, HeldBack: true));
}
