using Reel.Orchestration;

namespace Reel.Generations;

/// <summary>A request as it stands.</summary>
public sealed record Generation(GenerationRequest Request, GenerationState State);

/// <summary>Requests over the durable engine.</summary>
public sealed class GenerationStore(IOrchestrationClient client)
{
    /// <summary>Starts a request; returns once that is durable. Repeating it changes nothing.</summary>
    public Task StartAsync(GenerationRequest request, CancellationToken cancellationToken) =>
        client.StartAsync(Orchestrations.Generate, InstanceIds.Of(request.CallerId, request.RequestId), request, cancellationToken);

    /// <summary>A caller's request; null when this caller has none of this id.</summary>
    public async Task<Generation?> FindAsync(string callerId, string requestId, CancellationToken cancellationToken)
    {
        if (!RequestId.IsValid(requestId)) return null;
        var instance = await client.GetAsync(InstanceIds.Of(callerId, requestId), cancellationToken);
        return instance is null ? null : Read(instance);
    }

    private static Generation Read(OrchestrationInstance instance)
    {
        var request = OrchestrationJson.Read<GenerationRequest>(instance.Input)
            ?? throw new InvalidOperationException($"Instance {instance.InstanceId} has no input.");
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

        return new Generation(request, state);
    }
}
