using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Reel.Records;
using Reel.Segmind;

namespace Reel.Generations;

/// <summary>
/// What was learned of render times: a small record for each provider and kind in blob storage, shared by all processes. Poll plans, estimates and hints
/// go by it alike. Storage in trouble harms nothing: then what was known counts, or the model's page, and a render goes unnoted.
/// </summary>
public sealed partial class RenderTimes(RecordStore records, IOptions<SegmindOptions> provider, TimeProvider time, ILogger<RenderTimes> logger)
{
    private const int Tries = 2;
    private static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan EstimateKeptFor = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LookLimit = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan NoteLimit = TimeSpan.FromSeconds(5);

    // By its host: desks that emulate the provider may share an account with those that do not, and their ports are chance.
    private readonly string folder = $"render-times/{new Uri(provider.Value.BaseUrl).Host}";

    private readonly Lock gate = new();
    private readonly Dictionary<string, Known> known = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> beingNoted = new(StringComparer.Ordinal);

    /// <summary>
    /// The seconds that half of such renders take; null when this process does not know. Never waits: what has to be looked up serves who
    /// asks next. It may be ten minutes old; after a look that failed, one.
    /// </summary>
    /// <param name="parameters">The model's parameters as a JSON object, validated.</param>
    public double? Expect(string model, string parameters)
    {
        var kind = RenderKind.Of(model, parameters);
        Known? found;
        lock (gate) found = known.GetValueOrDefault(kind);
        if (IsOld(found, found?.HasFailed == true ? KeptFor : EstimateKeptFor)) _ = LookAsync(kind);
        return found?.Times.Median();
    }

    /// <summary>
    /// What is known, at most a minute old. Never throws for storage. Who comes while it is read waits for that too: a second at the most, and then for a
    /// minute nobody does.
    /// </summary>
    /// <param name="kind">See <see cref="RenderKind"/>.</param>
    public async Task<LearnedTimes> LookAsync(string kind)
    {
        var now = time.GetUtcNow();
        var end = new TaskCompletionSource<LearnedTimes>(TaskCreationOptions.RunContinuationsAsynchronously);
        Known? before;
        Known looking;
        lock (gate)
        {
            before = known.GetValueOrDefault(kind);
            looking = before is null || IsOld(before, KeptFor) ? new Known(before?.Times ?? LearnedTimes.None, now, end.Task) : before;
            known[kind] = looking;
        }

        if (looking == before) return await before.Look;

        var read = await TryReadAsync(kind);
        var times = read ?? looking.Times;
        lock (gate)
        {
            // What was noted meanwhile is newer.
            if (known[kind] == looking) known[kind] = new Known(times, now, Task.FromResult(times), HasFailed: read is null);
        }

        end.SetResult(times);
        return times;
    }

    /// <summary>
    /// Notes how long a render took. Of several that end at once in a process, one is noted: which one is chance, so that what is learned stays right.
    /// One that is noted by two runs of a save counts twice. Never throws for storage.
    /// </summary>
    public async Task NoteAsync(RenderedTime rendered)
    {
        if (rendered.By <= 0 || !beingNoted.TryAdd(rendered.Kind, true)) return;
        try
        {
            using var limit = new CancellationTokenSource(NoteLimit, time);
            for (var tries = 1; !await TryNoteAsync(rendered, limit.Token); tries++)
            {
                if (tries < Tries) continue;
                LogLost(rendered.Kind);
                return;
            }
        }
        catch (Exception exception)
        {
            LogTrouble(rendered.Kind, exception.GetType().Name);
        }
        finally
        {
            beingNoted.TryRemove(rendered.Kind, out _);
        }
    }

    /// <summary>False when another process has noted one meanwhile.</summary>
    private async Task<bool> TryNoteAsync(RenderedTime rendered, CancellationToken cancellationToken)
    {
        var name = NameOf(rendered.Kind);
        Record<LearnedTimes>? found;
        try
        {
            found = await ReadAsync(rendered.Kind, cancellationToken);
        }
        catch (JsonException)
        {
            // Damaged: what it knew is lost, and there is no version to replace.
            LogTrouble(rendered.Kind, nameof(JsonException));
            await records.DeleteAsync(name, cancellationToken);
            found = null;
        }

        var after = (found?.Value ?? LearnedTimes.None).With(rendered, RenderKind.TypicalSecondsOf(rendered.Kind));
        var written = found is null
            ? await records.CreateAsync(name, after, cancellationToken)
            : await records.ReplaceAsync(name, after, found.ETag, cancellationToken);
        if (written is null) return false;
        lock (gate) known[rendered.Kind] = new Known(after, time.GetUtcNow(), Task.FromResult(after));
        return true;
    }

    /// <summary>Null when storage does not tell.</summary>
    private async Task<LearnedTimes?> TryReadAsync(string kind)
    {
        try
        {
            using var limit = new CancellationTokenSource(LookLimit, time);
            return (await ReadAsync(kind, limit.Token))?.Value ?? LearnedTimes.None;
        }
        catch (Exception exception)
        {
            LogTrouble(kind, exception.GetType().Name);
            return null;
        }
    }

    private bool IsOld(Known? found, TimeSpan keptFor) => found is null || (time.GetUtcNow() - found.ReadAt).Duration() >= keptFor;

    private async Task<Record<LearnedTimes>?> ReadAsync(string kind, CancellationToken cancellationToken)
    {
        var found = await records.ReadAsync<LearnedTimes?>(NameOf(kind), cancellationToken);
        return found is null ? null : new Record<LearnedTimes>(found.Value?.IsSound() == true ? found.Value : LearnedTimes.None, found.ETag);
    }

    private string NameOf(string kind) => $"{folder}/{kind}.json";

    [LoggerMessage(LogLevel.Warning, "What is known of the render times of {Kind} could not be read or written: {Exception}")]
    private partial void LogTrouble(string kind, string exception);

    [LoggerMessage(LogLevel.Debug, "A render time of {Kind} goes unnoted: others were noted at the same moment.")]
    private partial void LogLost(string kind);

    /// <param name="Look">What a look comes to: that which is under way, or the last.</param>
    /// <param name="HasFailed">The last look did; what was known before counts on.</param>
    private sealed record Known(LearnedTimes Times, DateTimeOffset ReadAt, Task<LearnedTimes> Look, bool HasFailed = false);
}
