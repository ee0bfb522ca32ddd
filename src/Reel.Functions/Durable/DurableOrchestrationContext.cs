using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;
using Reel.Orchestration;
using RetryPolicy = Reel.Orchestration.RetryPolicy;
using TaskFailedException = Reel.Orchestration.TaskFailedException;

namespace Reel.Functions.Durable;

/// <summary>
/// The port over Durable Functions' own context. It awaits nothing but what that context gave it, and nothing before: the worker wants to see
/// the context used first.
/// </summary>
internal sealed class DurableOrchestrationContext(TaskOrchestrationContext context) : IOrchestrationContext
{
    // Azure Storage cuts the wait to whole seconds, so a timer would fire up to one early, and a loop that waits for a time would spin through
    // rounds of no wait at all.
    private static readonly TimeSpan Cut = TimeSpan.FromSeconds(1);

    public string InstanceId => context.InstanceId;

    public DateTimeOffset UtcNow => new(DateTime.SpecifyKind(context.CurrentUtcDateTime, DateTimeKind.Utc));

    public bool IsReplaying => context.IsReplaying;

    public ILogger CreateReplaySafeLogger(string category) => context.CreateReplaySafeLogger(category);

    public async Task<TOutput> CallAsync<TInput, TOutput>(ActivityName<TInput, TOutput> activity, TInput input, RetryPolicy? retry = null)
    {
        try
        {
            return await context.CallActivityAsync<TOutput>(activity.Name, input, Options(retry));
        }
        catch (Microsoft.DurableTask.TaskFailedException failure)
        {
            throw Failed(activity.Name, failure);
        }
    }

    public async Task<TOutput> CallAsync<TInput, TOutput>(OrchestrationName<TInput, TOutput> orchestration, string instanceId, TInput input)
    {
        try
        {
            return await context.CallSubOrchestratorAsync<TOutput>(
                orchestration.Name, input, new SubOrchestrationOptions(retry: null, instanceId: instanceId));
        }
        catch (Microsoft.DurableTask.TaskFailedException failure)
        {
            throw Failed(orchestration.Name, failure);
        }
    }

    public Task CreateTimer(DateTimeOffset fireAt, CancellationToken cancellationToken = default) =>
        context.CreateTimer((fireAt + Cut).UtcDateTime, cancellationToken);

    public Task<T> WaitForEvent<T>(string name) => context.WaitForExternalEvent<T>(name);

    public void SetCustomStatus(object? status) => context.SetCustomStatus(status);

    public void ContinueAsNew(object? input) => context.ContinueAsNew(input, preserveUnprocessedEvents: true);

    // No limit is infinity there; null would be an hour.
    private static TaskOptions? Options(RetryPolicy? retry) => retry is null
        ? null
        : TaskOptions.FromRetryPolicy(new Microsoft.DurableTask.RetryPolicy(
            retry.MaxAttempts, retry.FirstInterval, retry.Backoff, retry.MaxInterval ?? TimeSpan.FromDays(1)));

    // A terminated sub-orchestration comes without details, whatever their type says.
    private static TaskFailedException Failed(string name, Microsoft.DurableTask.TaskFailedException failure)
    {
        var message = failure.FailureDetails?.ErrorMessage ?? failure.Message;
        return new TaskFailedException(name, message.AsSpan().TrimStart().ToString().Split('\n', 2)[0].TrimEnd());
    }
}
