using Reel.Orchestration;
using Reel.Timing;

namespace Reel.Generations;

/// <summary>A request as it stands.</summary>
public sealed record Generation(GenerationRequest Request, GenerationState State)
{
    /// <summary>While it is held back: how many others are to end before it is begun. For estimates; see <see cref="Progress"/>.</summary>
    public int? Ahead { get; init; }
}

/// <summary>Requests over the durable engine.</summary>
public sealed class GenerationStore(IOrchestrationClient client, IWaitingRequests waiting)
{
    // On Azure an answer has at most 4 MiB, and a request may have 30 KiB.
    private const int SelectivePageSize = 100;

    // Two thousand instances that do not fit are passed over in one call. Where the engine heeds the hints, it passes over all of them by itself.
    private const int MostPages = 20;

    /// <summary>Starts a request; returns once that is durable. Repeating it changes nothing.</summary>
    public async Task StartAsync(GenerationRequest request, CancellationToken cancellationToken)
    {
        using var timed = CallTiming.Start(TimedPart.Engine);
        await client.StartAsync(Orchestrations.Generate, InstanceIds.Of(request.CallerId, request.RequestId), request, cancellationToken);
    }

    /// <summary>A caller's request; null when this caller has none of this id.</summary>
    public async Task<Generation?> FindAsync(string callerId, string requestId, CancellationToken cancellationToken)
    {
        if (!RequestId.IsValid(requestId)) return null;
        return await FindStartedAsync(callerId, requestId, cancellationToken) ?? await waiting.FindAsync(callerId, requestId, cancellationToken);
    }

    /// <summary>A caller's request that has an instance; null when there is none.</summary>
    /// <param name="requestId">Valid as one.</param>
    public async Task<Generation?> FindStartedAsync(string callerId, string requestId, CancellationToken cancellationToken)
    {
        using var timed = CallTiming.Start(TimedPart.Engine);
        var instance = await client.GetAsync(InstanceIds.Of(callerId, requestId), cancellationToken);
        return instance is null ? null : Read(instance);
    }

    /// <summary>
    /// Asks a request to end as <c>canceled</c>, and gives it as it stood before: it takes a moment to hear of it, and one that is final stays what it
    /// is. Null when this caller has none of this id.
    /// </summary>
    public async Task<Generation?> CancelAsync(string callerId, string requestId, CancellationToken cancellationToken)
    {
        var found = await FindAsync(callerId, requestId, cancellationToken);
        if (found is null || found.State.IsFinal) return found;
        EventOutcome outcome;
        using (CallTiming.Start(TimedPart.Engine))
            outcome = await client.RaiseEventAsync(InstanceIds.Of(callerId, requestId), Orchestrations.CancelEvent, null, cancellationToken);
        if (outcome == EventOutcome.NotFound) await waiting.CancelAsync(callerId, requestId, cancellationToken);
        return found;
    }

    /// <summary>Removes what is kept of a request beside its instance: the prompt of one that came in a batch.</summary>
    public async Task ForgetContentAsync(GenerationRequest request, CancellationToken cancellationToken)
    {
        if (request.BatchId is not null) await waiting.ForgetAsync(request.CallerId, request.RequestId, cancellationToken);
    }

    /// <summary>
    /// A page of a caller's requests, newest first. It is full unless it is the last, or so many instances did not fit that the caller is asked to go
    /// on. No page moves when requests come or go.
    /// </summary>
    /// <param name="size">1 to 100.</param>
    /// <param name="token">From the page before.</param>
    /// <exception cref="ArgumentException">The token is none.</exception>
    public async Task<(IReadOnlyList<Generation> Generations, string? Token)> ListAsync(
        string callerId, GenerationQuery query, int size, string? token, CancellationToken cancellationToken)
    {
        var prefix = InstanceIds.Prefix(callerId);
        var place = ListPlace.Read(token);
        var asked = query.ForEngine(prefix) with { PageSize = query.IsSelective ? Math.Max(size, SelectivePageSize) : size };
        List<Generation> found = [];
        for (var pages = 0; pages < MostPages; pages++)
        {
            var page = await NextAsync(asked with { ContinuationToken = place.Engine }, isTheirs: pages == 0, cancellationToken);
            foreach (var instance in page.Instances)
            {
                // A token is the caller's to make up, and what an engine makes of it is not for an engine alone to watch.
                if (!instance.InstanceId.StartsWith(prefix, StringComparison.Ordinal) || place.IsPast(instance.InstanceId[prefix.Length..])) continue;
                var generation = Read(instance);
                if (!query.Fits(generation)) continue;
                if (found.Count == size) return (found, (place with { After = found[^1].Request.RequestId }).ToString());
                found.Add(generation);
            }

            if (page.ContinuationToken is null) return (found, null);
            place = new ListPlace(null, page.ContinuationToken);
            if (found.Count == size) break;
        }

        return (found, place.ToString());
    }

    /// <param name="isTheirs">The token came from a caller, not from the engine a moment ago.</param>
    private async Task<OrchestrationPage> NextAsync(OrchestrationQuery query, bool isTheirs, CancellationToken cancellationToken)
    {
        using var timed = CallTiming.Start(TimedPart.Engine);
        try
        {
            return await client.ListAsync(query, cancellationToken);
        }
        catch (ArgumentException exception) when (!isTheirs)
        {
            throw new OrchestrationUnavailableException("The durable engine did not go on with its own list.", exception);
        }
    }

    /// <summary>A request from its instance.</summary>
    internal static Generation Read(OrchestrationInstance instance)
    {
        var request = OrchestrationJson.Read<GenerationRequest>(instance.Input)
            ?? throw new InvalidOperationException($"Instance {instance.InstanceId} has no input.");
        return new Generation(request, ReadState(instance));
    }

    /// <summary>A request's state, as callers are to see it.</summary>
    internal static GenerationState ReadState(OrchestrationInstance instance)
    {
        var state = OrchestrationJson.Read<GenerationState>(instance.CustomStatus) ?? GenerationState.Accepted;

        // The engine ended it without the orchestrator's doing: a defect, or somebody's hand.
        if (!state.IsFinal && instance.Status is RuntimeStatus.Failed or RuntimeStatus.Terminated)
        {
            state = state with
            {
                Status = GenerationStatus.Failed,
                Stage = Stage.Done,
                FinishedAt = instance.UpdatedAt,
                ErrorCode = ErrorCodes.Internal,
                Error = "The durable engine ended it; its log says why.",
                Charged = state.RenderedAt is not null ? Charged.Yes : Charged.Unknown,
            };
        }

        return state;
    }
}
