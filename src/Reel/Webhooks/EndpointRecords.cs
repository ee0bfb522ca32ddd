using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Reel.Records;

namespace Reel.Webhooks;

/// <summary>
/// Which endpoints fail, in blob storage, shared by all processes. An endpoint that is well has no record and costs a read now and then; one that fails
/// costs a write now and then. Storage that is in trouble never keeps a webhook from being sent: then nothing is known of the endpoint.
/// </summary>
public sealed partial class EndpointRecords(
    RecordStore records, IOptions<WebhookOptions> options, TimeProvider time, ILogger<EndpointRecords> logger)
{
    /// <summary>What all records' names begin with.</summary>
    public const string Prefix = "endpoints/";

    /// <summary>The least failures that were noted until an endpoint is paused: one bad day and one bad hour long after it are not five bad days.</summary>
    public const int LeastFailures = 5;

    private const int MostKept = 10_000;
    private const int MostTries = 3;
    private static readonly TimeSpan MostBetweenNotes = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    private readonly ConcurrentDictionary<string, Known> known = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Name, bool IsHeard), bool> beingNoted = new();

    private TimeSpan BetweenNotes => options.Value.PauseAfter / 10 is var tenth && tenth < MostBetweenNotes ? tenth : MostBetweenNotes;

    /// <summary>The name of an endpoint's record.</summary>
    public static string NameOf(WebhookEndpoint endpoint) => $"{PrefixOf(endpoint.CallerId)}{endpoint.Key}.json";

    /// <summary>The prefix of a caller's endpoints.</summary>
    public static string PrefixOf(string callerId) => $"{Prefix}{callerId}/";

    /// <summary>For the sweep: a paused endpoint stays so until somebody resumes it, and nothing is written to its record meanwhile.</summary>
    internal static async Task<bool> IsPausedAsync(RecordStore records, string name, CancellationToken cancellationToken) =>
        (await records.ReadAsync<EndpointHealth>(name, cancellationToken))?.Value.PausedAt is not null;

    /// <summary>
    /// How a failing endpoint stands; null for one that is well, and where storage does not say. Half a minute old at most, and never so when it says that the
    /// endpoint is paused: nothing is kept from one that was resumed.
    /// </summary>
    public async Task<EndpointHealth?> LookAsync(WebhookEndpoint endpoint, CancellationToken cancellationToken)
    {
        var name = NameOf(endpoint);
        if (known.TryGetValue(name, out var before) && before.Record?.Value.PausedAt is null && (time.GetUtcNow() - before.ReadAt).Duration() < KeptFor)
            return before.Record?.Value;

        return (await GuardedAsync(endpoint, async token => Keep(name, await records.ReadAsync<EndpointHealth>(name, token)), cancellationToken))?.Value;
    }

    /// <summary>Notes what an attempt came to; writes only where that changes something, and never throws for storage.</summary>
    public async Task NoteAsync(WebhookEndpoint endpoint, AttemptOutcome outcome, CancellationToken cancellationToken)
    {
        if (outcome.IsOurs == true) return;

        var name = NameOf(endpoint);
        var before = known.TryGetValue(name, out var found) ? found.Record : null;
        var isHeard = outcome.Verdict == AttemptVerdict.Delivered;

        // Whoever asks not to be sent an event again is there, and has understood it.
        if (isHeard ? before is null : outcome.AbortRequested || (before is not null && outcome.At - before.Value.LastFailureAt < BetweenNotes)) return;
        if (!beingNoted.TryAdd((name, isHeard), true)) return; // A success is noted beside a failure: dropped, it would leave that standing.
        try
        {
            await GuardedAsync(
                endpoint,
                async token =>
                {
                    if (isHeard) await ForgetAsync(name, before!, token);
                    else await NoteFailureAsync(endpoint, name, before, outcome, token);
                    return before;
                },
                cancellationToken);
        }
        finally
        {
            beingNoted.TryRemove((name, isHeard), out _);
        }
    }

    /// <summary>How an endpoint stands, read anew.</summary>
    public async Task<EndpointHealth?> ReadAsync(WebhookEndpoint endpoint, CancellationToken cancellationToken) =>
        Keep(NameOf(endpoint), await records.ReadAsync<EndpointHealth>(NameOf(endpoint), cancellationToken))?.Value;

    /// <summary>Begins anew with an endpoint, paused or not; false when nothing was known against it.</summary>
    public async Task<bool> ResumeAsync(WebhookEndpoint endpoint, CancellationToken cancellationToken)
    {
        var isDeleted = await records.DeleteAsync(NameOf(endpoint), cancellationToken);
        Keep(NameOf(endpoint), null);
        if (isDeleted) LogResumed(endpoint.CallerId, endpoint.Host, endpoint.Key);
        return isDeleted;
    }

    /// <param name="before">What is known of it: looked at for the attempt, so in most cases how it stands. One that was paused may have been resumed.</param>
    private async Task NoteFailureAsync(
        WebhookEndpoint endpoint, string name, Record<EndpointHealth>? before, AttemptOutcome outcome, CancellationToken cancellationToken)
    {
        // Each round but the last means that another process has written it since it was looked at.
        for (var tries = 0; tries < MostTries; tries++)
        {
            var found = tries == 0 && before?.Value.PausedAt is null ? before : Keep(name, await records.ReadAsync<EndpointHealth>(name, cancellationToken));
            if (found is null)
            {
                if (await records.CreateAsync(name, EndpointHealth.First(endpoint, outcome), cancellationToken) is { } created)
                {
                    Keep(name, created);
                    return;
                }

                continue;
            }

            if (found.Value.PausedAt is not null || outcome.At - found.Value.LastFailureAt < BetweenNotes) return;
            var after = found.Value.After(outcome);
            if (after.Failures >= LeastFailures && outcome.At - after.FailingSince >= options.Value.PauseAfter) after = after with { PausedAt = time.GetUtcNow() };
            if (await records.ReplaceAsync(name, after, found.ETag, cancellationToken) is not { } replaced) continue;

            Keep(name, replaced);
            if (after.PausedAt is not null) LogPaused(endpoint.CallerId, endpoint.Host, endpoint.Key, after.FailingSince);
            return;
        }
    }

    /// <summary>After a success. One that was paused meanwhile stays so, until somebody resumes it.</summary>
    private async Task ForgetAsync(string name, Record<EndpointHealth> before, CancellationToken cancellationToken)
    {
        for (var (found, tries) = (before, 0); found is { Value.PausedAt: null } && tries < MostTries; tries++)
        {
            if (await records.DeleteAsync(new RecordVersion(name, found.ETag, found.Value.LastFailureAt), cancellationToken))
            {
                Keep(name, null);
                return;
            }

            found = Keep(name, await records.ReadAsync<EndpointHealth>(name, cancellationToken));
        }
    }

    private Record<EndpointHealth>? Keep(string name, Record<EndpointHealth>? record)
    {
        if (known.Count > MostKept) known.Clear();
        known[name] = new Known(record, time.GetUtcNow());
        return record;
    }

    /// <summary>Null in trouble, also for the next while: that many webhooks wait for storage in vain helps nobody.</summary>
    private async Task<Record<EndpointHealth>?> GuardedAsync(
        WebhookEndpoint endpoint, Func<CancellationToken, Task<Record<EndpointHealth>?>> act, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            return await act(either.Token);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Keep(NameOf(endpoint), null);
            LogTrouble(endpoint.CallerId, endpoint.Host, exception.GetType().Name);
            return null;
        }
    }

    [LoggerMessage(LogLevel.Warning, "The webhook endpoint {Key} of {CallerId} at {Host} fails since {Since} and is paused: nothing is sent to it until it is resumed")]
    private partial void LogPaused(string callerId, string host, string key, DateTimeOffset since);

    [LoggerMessage(LogLevel.Information, "The webhook endpoint {Key} of {CallerId} at {Host} was resumed")]
    private partial void LogResumed(string callerId, string host, string key);

    [LoggerMessage(LogLevel.Warning, "What is known of a webhook endpoint of {CallerId} at {Host} could not be read or written: {Exception}")]
    private partial void LogTrouble(string callerId, string host, string exception);

    private sealed record Known(Record<EndpointHealth>? Record, DateTimeOffset ReadAt);
}
