using System.Globalization;
using System.Runtime.CompilerServices;
using Reel.Records;

namespace Reel.Generations;

/// <summary>
/// What a request that is deleted cost: a small record that stays when the request goes, so that deleting neither hides a cost nor makes room under a
/// limit. A record's name says all that is counted, so that listing names (5,000 in one answer of blob storage) is enough and none has to be read. Beside it
/// stands a mark under the request's id, for whoever asks about one request.
/// </summary>
public sealed class UsageRecords(RecordStore records)
{
    private const string DayFormat = "yyyy-MM-dd";
    private const string TimeFormat = "HHmmssfffffff";
    private const string None = "-";

    /// <summary>
    /// Keeps what a request counts for; to be called before it is removed. Repeating it changes nothing, so that a deletion that was broken off can be
    /// repeated. A request that is under way counts as cancelled, with its charge unknown.
    /// </summary>
    public async Task RememberAsync(Generation generation, CancellationToken cancellationToken = default)
    {
        var usage = RequestUsage.Of(generation);
        if (usage.Outcome == UsageOutcome.Open) usage = usage with { Outcome = UsageOutcome.Canceled, Charged = Charged.Unknown };
        await records.CreateAsync(NameOf(generation.Request.CallerId, usage), usage, cancellationToken);
        await records.CreateAsync(MarkOf(generation.Request.CallerId, usage.RequestId), usage, cancellationToken);
    }

    /// <summary>What a deleted request counts for; null when it was not deleted. The mark of a deletion, for whoever could start a request again.</summary>
    public async Task<RequestUsage?> FindAsync(string callerId, string requestId, CancellationToken cancellationToken = default) =>
        (await records.ReadAsync<RequestUsage>(MarkOf(callerId, requestId), cancellationToken))?.Value;

    /// <summary>The ids of a caller's deleted requests that begin so.</summary>
    public async Task<IReadOnlySet<string>> FindAllAsync(string callerId, string idPrefix, CancellationToken cancellationToken)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var name in records.ListAsync(Marks(callerId) + idPrefix, cancellationToken)) found.Add(name[(name.LastIndexOf('/') + 1)..]);
        return found;
    }

    /// <summary>A caller's deleted requests that were accepted on these UTC days, both included; in no order, and each once.</summary>
    public async IAsyncEnumerable<RequestUsage> ListAsync(
        string callerId, DateOnly first, DateOnly last, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var before = "";
        foreach (var prefix in Prefixes(first, last))
        {
            await foreach (var name in records.ListAsync($"usage/{callerId}/{prefix}", cancellationToken))
            {
                // Were there two of one request, its state having changed in between, they would come one after the other.
                if (Parse(name) is not { } usage || usage.Day < first || usage.Day > last || usage.RequestId == before) continue;
                before = usage.RequestId;
                yield return usage;
            }
        }
    }

    // Made from the id alone: a request may be accepted days after its id was made, under an idempotency key, in a batch or as a resubmission.
    private static string MarkOf(string callerId, string requestId) => Marks(callerId) + requestId;

    private static string Marks(string callerId) => $"usage/{callerId}/deleted/";

    private static string NameOf(string callerId, RequestUsage usage)
    {
        var acceptedAt = usage.AcceptedAt.UtcDateTime;
        var parts = string.Join(
            '_',
            usage.RequestId,
            acceptedAt.ToString(TimeFormat, CultureInfo.InvariantCulture),
            usage.Model,
            usage.Outcome,
            usage.Charged?.ToString() ?? None,
            usage.Cost?.ToString(CultureInfo.InvariantCulture) ?? None);
        return $"usage/{callerId}/{acceptedAt.ToString(DayFormat, CultureInfo.InvariantCulture)}/{parts}";
    }

    private static RequestUsage? Parse(string name)
    {
        // The four parts of the path, then the six of the last one; a slug has no underscore.
        if (name.Split('/') is not [_, _, var day, var rest] || rest.Split('_') is not [var id, var time, var model, var outcome, var charged, var cost]) return null;
        return DateTime.TryParseExact(
                day + time, DayFormat + TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var acceptedAt)
            && Enum.TryParse<UsageOutcome>(outcome, out var read)
            ? new RequestUsage(
                id,
                model,
                acceptedAt,
                read,
                Enum.TryParse<Charged>(charged, out var known) ? known : null,
                decimal.TryParse(cost, NumberStyles.Float, CultureInfo.InvariantCulture, out var amount) ? amount : null)
            : null;
    }

    // A listing for each month, not for each day; a single day is asked for alone.
    private static IEnumerable<string> Prefixes(DateOnly first, DateOnly last)
    {
        if (first == last) return [first.ToString(DayFormat, CultureInfo.InvariantCulture)];
        return Months();

        IEnumerable<string> Months()
        {
            for (var month = new DateOnly(first.Year, first.Month, 1); month <= last; month = month.AddMonths(1))
                yield return month.ToString("yyyy-MM-", CultureInfo.InvariantCulture);
        }
    }
}
