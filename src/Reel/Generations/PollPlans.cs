using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Reel.Models;
using Reel.Records;

namespace Reel.Generations;

/// <summary>
/// Makes poll plans, of the model's page and what was seen of renders of the same model, duration and mode: a record for each in blob storage, shared by
/// all processes. Storage in trouble harms nothing: then the page counts, and a render goes unnoted.
/// </summary>
public sealed partial class PollPlans(RecordStore records, IOptions<PollingOptions> options, TimeProvider time, ILogger<PollPlans> logger)
{
    private const double TypicalSeconds = 180; // For a model that was taken out of the catalogue meanwhile.
    private static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    private readonly ConcurrentDictionary<string, (LearnedTimes Times, DateTimeOffset ReadAt)> known = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> beingNoted = new(StringComparer.Ordinal);

    /// <summary>The plan for a render that begins now. Never throws for storage.</summary>
    /// <param name="parameters">The model's parameters as a JSON object, validated.</param>
    public async Task<PollPlan> MakeAsync(string model, string parameters)
    {
        var of = KindOf(model, parameters);
        var polling = options.Value;
        var typical = ModelCatalog.Find(model)?.TypicalTime.TotalSeconds ?? TypicalSeconds;
        var expected = (await LookAsync(of)).Expect(typical);
        return PollPlan.For(of, expected, polling.Least.TotalSeconds, polling.Most.TotalSeconds, polling.CheckWorth.TotalSeconds);
    }

    /// <summary>Notes how long a render took. Of several that end at once, one may be all that is noted. Never throws for storage.</summary>
    public async Task NoteAsync(RenderedTime rendered)
    {
        if (rendered.Seconds <= 0 || !beingNoted.TryAdd(rendered.Of, true)) return;
        try
        {
            using var limit = new CancellationTokenSource(Limit, time);
            var found = await records.ReadAsync<LearnedTimes>(NameOf(rendered.Of), limit.Token);
            var after = (found?.Value ?? LearnedTimes.None).With(rendered.Seconds);
            var written = found is null
                ? await records.CreateAsync(NameOf(rendered.Of), after, limit.Token)
                : await records.ReplaceAsync(NameOf(rendered.Of), after, found.ETag, limit.Token);
            if (written is not null) known[rendered.Of] = (after, time.GetUtcNow());
        }
        catch (Exception exception)
        {
            LogTrouble(rendered.Of, exception.GetType().Name);
        }
        finally
        {
            beingNoted.TryRemove(rendered.Of, out _);
        }
    }

    private async Task<LearnedTimes> LookAsync(string of)
    {
        var now = time.GetUtcNow();
        var before = known.TryGetValue(of, out var found) ? found.Times : null;
        if (before is not null && (now - found.ReadAt).Duration() < KeptFor) return before;

        // Whoever comes meanwhile, or after trouble, goes by what is known already.
        known[of] = (before ?? LearnedTimes.None, now);
        try
        {
            using var limit = new CancellationTokenSource(Limit, time);
            var read = (await records.ReadAsync<LearnedTimes>(NameOf(of), limit.Token))?.Value ?? LearnedTimes.None;
            known[of] = (read, now);
            return read;
        }
        catch (Exception exception)
        {
            LogTrouble(of, exception.GetType().Name);
            return before ?? LearnedTimes.None;
        }
    }

    private static string KindOf(string model, string parameters)
    {
        using var sent = JsonDocument.Parse(parameters);
        return $"{model}/{ValueOf("duration")}-{ValueOf("mode")}";

        string ValueOf(string name) => (sent.RootElement.TryGetProperty(name, out var value) ? value
            : ModelCatalog.Find(model)?.Parameters.FirstOrDefault(parameter => parameter.Name == name)?.Default)?.ToString() ?? "any";
    }

    private static string NameOf(string of) => $"render-times/{of}.json";

    [LoggerMessage(LogLevel.Warning, "What is known of the render times of {Kind} could not be read or written: {Exception}")]
    private partial void LogTrouble(string kind, string exception);
}
