using Reel.Batches;
using Reel.Generations;

namespace Reel.Limits;

/// <summary>What a look has found for a ledger.</summary>
/// <param name="Begun">When the look began: what was started before that is in here, or was counted before.</param>
/// <param name="Took">How long it took.</param>
/// <param name="Batches">What is to be begun yet.</param>
/// <param name="Requests">What was begun, each once.</param>
public sealed record LedgerFindings(
    DateTimeOffset Begun, TimeSpan Took, IReadOnlyList<UnbegunBatch> Batches, IReadOnlyList<RequestUsage> Requests)
{
    /// <summary>By how much the clocks of processes and engines may differ: looks overlap by that.</summary>
    public static readonly TimeSpan Overlap = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    /// <summary>Once a second, and no more than half of the time.</summary>
    public DateTimeOffset NextLook => Begun + (2 * Took > LookEvery ? 2 * Took : LookEvery);
}
