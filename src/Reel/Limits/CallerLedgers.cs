using System.Collections.Concurrent;

namespace Reel.Limits;

/// <summary>The ledgers of the callers that have a limit, one each in a process.</summary>
/// <param name="limits">By caller.</param>
public sealed class CallerLedgers(IReadOnlyDictionary<string, CallerLimit> limits)
{
    private readonly ConcurrentDictionary<string, CallerLedger> ledgers = new(StringComparer.Ordinal);

    /// <summary>A caller's ledger; null when it has no limits.</summary>
    public CallerLedger? Find(string callerId) => limits.Count > 0 && limits.TryGetValue(callerId, out var limit)
        ? ledgers.GetOrAdd(callerId, static (_, limit) => new CallerLedger(limit), limit)
        : null;
}
