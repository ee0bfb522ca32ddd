using Reel.Orchestration;

namespace Reel.Generations;

/// <summary>The orchestrations of this folder.</summary>
public static class Orchestrations
{
    /// <summary>One request from submit to webhook; see <see cref="GenerationOrchestrator"/>.</summary>
    public static readonly OrchestrationName<GenerationRequest, GenerationState> Generate = new("Generate");

    /// <summary>The event that cancels a request; its payload is ignored.</summary>
    public const string CancelEvent = "cancel";
}
