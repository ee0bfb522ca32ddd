using System.Runtime.CompilerServices;
using Reel.Orchestration;
using Reel.Timing;

namespace Reel.Generations;

/// <summary>Reads what the durable engine remembers of a caller's requests as far as it is counted: a page at a time, and no prompt is kept.</summary>
public sealed class UsageScan(IOrchestrationClient client)
{
    // On Azure an answer has at most 4 MiB, and a request may have 30 KiB.
    private const int PageSize = 100;

    // The engine knows when an instance was made: later than its request was accepted, and by another clock.
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(5);

    private static readonly RuntimeStatus[] UnderWay = [RuntimeStatus.Pending, RuntimeStatus.Running];

    /// <summary>A caller's requests, newest first by their ids.</summary>
    /// <param name="since">Accepted at this time or later; not before the Unix epoch.</param>
    /// <param name="until">Accepted before this time; not in the far future.</param>
    /// <param name="isOpen">Only those that are neither COMPLETED nor FAILED.</param>
    /// <param name="createdFrom">Started at this time or later by the engine's clock, whenever their ids were made.</param>
    public async IAsyncEnumerable<RequestUsage> ListAsync(
        string callerId,
        DateTimeOffset? since = null,
        DateTimeOffset? until = null,
        bool isOpen = false,
        DateTimeOffset? createdFrom = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var prefix = InstanceIds.Prefix(callerId);
        var query = new OrchestrationQuery(
            prefix, isOpen ? UnderWay : null, createdFrom ?? since - Slack, until + Slack, PageSize, From: GenerationQuery.FirstId(prefix, until));
        do
        {
            var page = await ReadAsync(query, cancellationToken);
            foreach (var usage in page.Instances.Select(Read))
            {
                if (usage.AcceptedAt < since || usage.AcceptedAt >= until) continue;

                // An instance goes on after that, with its webhook.
                if (!isOpen || usage.Outcome == UsageOutcome.Open) yield return usage;
            }

            query = query with { ContinuationToken = page.ContinuationToken };
        }
        while (query.ContinuationToken is not null);
    }

    private async Task<OrchestrationPage> ReadAsync(OrchestrationQuery query, CancellationToken cancellationToken)
    {
        using var timed = CallTiming.Start(TimedPart.Engine);
        return await client.ListAsync(query, cancellationToken);
    }

    private static RequestUsage Read(OrchestrationInstance instance)
    {
        var request = OrchestrationJson.Read<Counted>(instance.Input) ?? throw new InvalidOperationException($"Instance {instance.InstanceId} has no input.");

        // Most of what is looked at has come to its end, and of that only a part is needed.
        if (instance.Status == RuntimeStatus.Completed && OrchestrationJson.Read<CountedState>(instance.CustomStatus) is { } end)
            return new RequestUsage(request.RequestId, request.Model, request.AcceptedAt, RequestUsage.OutcomeOf(end.Status, end.ErrorCode), end.Charged, end.Metrics?.Cost);

        var state = GenerationStore.ReadState(instance);
        return new RequestUsage(request.RequestId, request.Model, request.AcceptedAt, RequestUsage.OutcomeOf(state.Status, state.ErrorCode), state.Charged, state.Metrics?.Cost);
    }

    /// <summary>The members of a <see cref="GenerationRequest"/> that are counted.</summary>
    private sealed record Counted(string RequestId, string Model, DateTimeOffset AcceptedAt);

    /// <summary>The members of a <see cref="GenerationState"/> that are counted.</summary>
    private sealed record CountedState(GenerationStatus Status, string? ErrorCode = null, Charged? Charged = null, CountedMetrics? Metrics = null);

    /// <summary>The one member of the metrics that is counted.</summary>
    private sealed record CountedMetrics(decimal? Cost = null);
}
