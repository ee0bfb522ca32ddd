using Reel.Orchestration;
using Reel.Timing;

namespace Reel.Generations;

/// <summary>A request as it stands.</summary>
public sealed record Generation(GenerationRequest Request, GenerationState State);

/// <summary>Requests over the durable engine.</summary>
public sealed class GenerationStore(IOrchestrationClient client, IWaitingRequests waiting, RenderTimes renderTimes)
{
    /// <summary>Starts a request; returns once that is durable. Repeating it changes nothing.</summary>
    public async Task StartAsync(GenerationRequest request, CancellationToken cancellationToken)
    {
        using var timed = CallTiming.Start(TimedPart.Engine);
        var input = request with { ExpectedSeconds = renderTimes.Expect(request.Model) };
        await client.StartAsync(Orchestrations.Generate, InstanceIds.Of(request.CallerId, request.RequestId), input, cancellationToken);
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
        if (instance is null) return null;

        var generation = Read(instance);
        renderTimes.Note(generation);
        return generation;
    }

    /// <summary>
    /// Asks a request to end as <c>canceled</c>, and gives it as it stands: it may take a moment to hear of it, and one that is final stays what it
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
        return await FindAsync(callerId, requestId, cancellationToken);
    }

    /// <summary>A page of a caller's requests, newest first. It may hold fewer than asked for, even none, and still not be the last.</summary>
    /// <param name="since">Accepted at this time or later.</param>
    /// <param name="until">Accepted before this time.</param>
    /// <param name="size">1 to 100.</param>
    /// <param name="token">From the page before.</param>
    /// <exception cref="ArgumentException">The token is none.</exception>
    public async Task<(IReadOnlyList<Generation> Generations, string? Token)> ListAsync(
        string callerId, DateTimeOffset? since, DateTimeOffset? until, int size, string? token, CancellationToken cancellationToken)
    {
        var prefix = InstanceIds.Prefix(callerId);
        var query = new OrchestrationQuery(prefix, CreatedFrom: since, CreatedTo: until, PageSize: size, ContinuationToken: token);
        using var timed = CallTiming.Start(TimedPart.Engine);
        var page = await client.ListAsync(query, cancellationToken);

        // A token is the caller's to make up, and what an engine makes of it is not for an engine alone to watch.
        return ([.. page.Instances.Where(instance => instance.InstanceId.StartsWith(prefix, StringComparison.Ordinal)).Select(Read)], page.ContinuationToken);
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
