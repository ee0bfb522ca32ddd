using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Reel.Functions.Durable;
using Reel.Generations;

namespace Reel.Functions;

/// <summary>The functions of a generation; what they do is in Reel.</summary>
public sealed class GenerationFunctions(SubmitActivity submit, WithdrawActivity withdraw, CheckActivity check, SaveVideoActivity saveVideo)
{
    [Function(nameof(Orchestrations.Generate))]
    public static Task<GenerationState> GenerateAsync([OrchestrationTrigger] TaskOrchestrationContext context) =>
        context.RunAsync<GenerationRequest, GenerationState>(GenerationOrchestrator.RunAsync);

    [Function(nameof(Activities.Submit))]
    public Task<SubmitOutcome> SubmitAsync([ActivityTrigger] SubmitInput input, CancellationToken cancellationToken) =>
        submit.RunAsync(input, cancellationToken);

    [Function(nameof(Activities.Withdraw))]
    public Task<SubmitOutcome> WithdrawAsync([ActivityTrigger] WithdrawInput input, CancellationToken cancellationToken) =>
        withdraw.RunAsync(input, cancellationToken);

    [Function(nameof(Activities.Check))]
    public Task<CheckOutcome> CheckAsync([ActivityTrigger] CheckInput input, CancellationToken cancellationToken) =>
        check.RunAsync(input, cancellationToken);

    [Function(nameof(Activities.SaveVideo))]
    public Task<SaveVideoOutcome> SaveVideoAsync([ActivityTrigger] SaveVideoInput input, CancellationToken cancellationToken) =>
        saveVideo.RunAsync(input, cancellationToken);
}
