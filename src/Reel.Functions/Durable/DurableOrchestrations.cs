using System.Text.Json;
using Microsoft.DurableTask;
using Reel.Orchestration;

namespace Reel.Functions.Durable;

/// <summary>Runs one of Reel's orchestrators in an orchestration function.</summary>
internal static class DurableOrchestrations
{
    /// <summary>
    /// The input is read here, from plain JSON: some versions of the extension read it by the default names instead of the worker's
    /// serializer, which makes of every request an empty one, without an error.
    /// </summary>
    public static Task<TOutput> RunAsync<TInput, TOutput>(
        this TaskOrchestrationContext context, Func<IOrchestrationContext, TInput, Task<TOutput>> orchestrator) =>
        orchestrator(
            new DurableOrchestrationContext(context), context.GetInput<JsonElement>().Deserialize<TInput>(OrchestrationJson.Options)!);
}
