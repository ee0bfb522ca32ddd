using Microsoft.DurableTask;
using Reel.Orchestration;

namespace Reel.Functions.Durable;

/// <summary>Runs one of Reel's orchestrators in an orchestration function.</summary>
internal static class DurableOrchestrations
{
    public static Task<TOutput> RunAsync<TInput, TOutput>(
        this TaskOrchestrationContext context, Func<IOrchestrationContext, TInput, Task<TOutput>> orchestrator) =>
        orchestrator(new DurableOrchestrationContext(context), context.GetInput<TInput>()!);
}
