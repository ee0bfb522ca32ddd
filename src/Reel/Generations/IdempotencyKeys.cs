using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Reel.Records;

namespace Reel.Generations;

/// <summary>
/// Says which request an idempotency key stands for: a record created with If-None-Match holds the request id and a fingerprint of what was asked, and
/// whoever loses the race reads it. Since starting an orchestration is repeatable, a crash between the two loses nothing.
/// <code>
/// found record                       its request                             answer
/// none                               -                                       reserved for the new request
/// past its lifetime                  final, or not there                     replaced (If-Match): a new request
/// of other parameters                any                                     a conflict; nothing is started
/// reserved less than 12 hours ago    not there: its start is under way,      the same request, to be started (again)
///                                    or a process died before it
/// reserved longer ago                not there: nobody was ever told its     replaced: a new request
///                                    id, or it has been forgotten
/// any                                ended as insufficient_credits before    replaced: a new request
///                                    this call came
/// within its lifetime                deleted by its caller                   that; nothing is started
/// any                                anything else                           the same request
/// </code>
/// Of many who replace a record at once, one wins, and the others see its request.
/// </summary>
/// <remarks>
/// <para>
/// Why a time tells the two meanings of "not there" apart: a request is forgotten by its age alone, at the earliest a day after it was started
/// (<see cref="RequestOptions.Retention"/>), and it is not started before its key is reserved. So within half a day it cannot have been forgotten, and
/// starting it under the reserved id is right, however often. After that nobody can still be in between reserving and starting, clocks that differ by
/// hours included, and a new id is right in both cases: what was never started has not been paid for, and what was forgotten must not come back under
/// an old id. While a key lives, its request is not forgotten, since a lifetime is no longer than the retention.
/// </para>
/// <para>
/// When a key was reserved is said by the id in its record (<see cref="RequestId.AcceptedAt"/>). A key whose request is still under way stands for it
/// past its lifetime, too: a second one beside it is what keys are there to prevent.
/// </para>
/// <para>
/// A deleted request is told apart from one that was never started by its usage record, which is there before the request goes. Its key neither starts
/// it again, since it is gone by its caller's will, nor a new one: a submit that is repeated late would be charged by surprise. So until its lifetime is
/// over the key is of no use, and whoever wants another video sends another key.
/// </para>
/// </remarks>
public sealed class IdempotencyKeys(
    RecordStore records, GenerationStore generations, UsageRecords deleted, IOptions<RequestOptions> options, TimeProvider time)
{
    /// <summary>The longest key, in characters (Unicode code points).</summary>
    public const int MaxLength = 255;

    /// <summary>How long after its reservation a request that is not there may still be started: half of the shortest retention.</summary>
    private static readonly TimeSpan LongestStart = TimeSpan.FromHours(12);

    /// <summary>Reserves a key for a new request, or tells which request has it.</summary>
    /// <param name="fingerprint">See <see cref="Fingerprint"/>.</param>
    /// <param name="requestId">Of the new request, made now.</param>
    public Task<Reservation> ReserveAsync(
        string callerId, string key, string fingerprint, string requestId, CancellationToken cancellationToken) => ReserveAsync(
            $"idempotency/{callerId}/{Hash(key)}.json",
            fingerprint,
            requestId,
            async id => KeyHolder.Of((await generations.FindAsync(callerId, id, cancellationToken))?.State)
                ?? (await deleted.FindAsync(callerId, id, cancellationToken) is null ? null : KeyHolder.Deleted),
            cancellationToken);

    /// <summary>Reserves a key for a new batch, or tells which batch has it. The keys of batches are apart from those of requests.</summary>
    /// <param name="fingerprint">See <see cref="Fingerprint"/>.</param>
    /// <param name="batchId">Of the new batch, made now.</param>
    /// <param name="find">How the batch of an id stands; null when there is none.</param>
    public Task<Reservation> ReserveForBatchAsync(
        string callerId, string key, string fingerprint, string batchId, Func<string, Task<KeyHolder?>> find, CancellationToken cancellationToken) =>
        ReserveAsync($"idempotency/{callerId}/batches/{Hash(key)}.json", fingerprint, batchId, find, cancellationToken);

    private async Task<Reservation> ReserveAsync(
        string name, string fingerprint, string requestId, Func<string, Task<KeyHolder?>> find, CancellationToken cancellationToken)
    {
        var calledAt = time.GetUtcNow();
        var mine = new IdempotencyRecord(requestId, fingerprint);

        // Each round but the last means that somebody else has reserved the key, or storage has forgotten it, since it was looked at.
        while (true)
        {
            if (await records.CreateAsync(name, mine, cancellationToken) is not null) return new Reservation(requestId);
            if (await records.ReadAsync<IdempotencyRecord>(name, cancellationToken) is not { Value: var theirs, ETag: var version }) continue;

            var age = calledAt - RequestId.AcceptedAt(theirs.RequestId);
            var isOther = theirs.Fingerprint != fingerprint;
            if (isOther && age < options.Value.IdempotencyLifetime) return new Reservation(theirs.RequestId, IsConflict: true);

            var holder = await find(theirs.RequestId);
            if (!MayBeReplaced(holder, age, calledAt))
                return new Reservation(theirs.RequestId, IsReplay: true, IsStarted: holder is not null, IsConflict: isOther, IsDeleted: holder is { IsDeleted: true });
            if (await records.ReplaceAsync(name, mine, version, cancellationToken) is not null) return new Reservation(requestId);
        }
    }

    /// <summary>A fingerprint of all that makes two requests the same.</summary>
    public static string Fingerprint(params ReadOnlySpan<string?> parts)
    {
        var text = new StringBuilder();
        foreach (var part in parts) text.Append(part?.Length ?? -1).Append(':').Append(part).Append('\n');
        return Hash(text.ToString());
    }

    // What ended after this call came, ended for one that came at the same time: this one is its replay.
    private bool MayBeReplaced(KeyHolder? holder, TimeSpan age, DateTimeOffset calledAt) => holder switch
    {
        null => age >= LongestStart,
        { IsFinal: false } => false,
        { UnpaidSince: { } end } when end < calledAt => true,
        _ => age >= options.Value.IdempotencyLifetime,
    };

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}

/// <summary>What has a key, as it stands.</summary>
/// <param name="UnpaidSince">When it ended for want of credits; null when it did not.</param>
/// <param name="IsDeleted">Its caller has deleted it.</param>
public sealed record KeyHolder(bool IsFinal, DateTimeOffset? UnpaidSince = null, bool IsDeleted = false)
{
    /// <summary>One that its caller has deleted.</summary>
    public static KeyHolder Deleted { get; } = new(IsFinal: true, IsDeleted: true);

    /// <summary>A request; null for none.</summary>
    public static KeyHolder? Of(GenerationState? state) => state is null ? null : new KeyHolder(
        state.IsFinal, state is { ErrorCode: ErrorCodes.InsufficientCredits, Charged: Charged.No } ? state.FinishedAt : null);
}

/// <summary>What is kept under an idempotency key.</summary>
public sealed record IdempotencyRecord(string RequestId, string Fingerprint);

/// <summary>Which request an idempotency key stands for.</summary>
/// <param name="IsReplay">It was reserved by another call.</param>
/// <param name="IsStarted">That call's request is there. If not, it is to be started: repeating that is harmless.</param>
/// <param name="IsConflict">It was reserved for a request that differs. Nothing is to be started.</param>
/// <param name="IsDeleted">That request was deleted. Nothing is to be started.</param>
public sealed record Reservation(
    string RequestId, bool IsReplay = false, bool IsStarted = false, bool IsConflict = false, bool IsDeleted = false);
