using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Reel.Local.Engine.History;
using Reel.Local.Engine.Turns;
using Reel.Orchestration;

namespace Reel.Local.Engine.Activities;

/// <summary>
/// Runs activities, each in a service scope of its own. Their row stays until the turn that takes the result in is committed: whatever ends
/// the process before that, they run again.
/// </summary>
internal sealed partial class ActivityDispatcher : IDisposable
{
    private readonly OrchestrationCatalog catalog;
    private readonly IServiceScopeFactory scopes;
    private readonly Mailboxes mailboxes;
    private readonly ILogger logger;
    private readonly ActivityQueue queue;
    private readonly CancellationTokenSource stopping = new();

    public ActivityDispatcher(
        OrchestrationCatalog catalog, EngineOptions options, IServiceScopeFactory scopes, Mailboxes mailboxes, ILogger logger)
    {
        this.catalog = catalog;
        this.scopes = scopes;
        this.mailboxes = mailboxes;
        this.logger = logger;
        queue = new ActivityQueue(options.MaxConcurrentActivities, options.MaxConcurrentByActivity, Begin);
    }

    public void Add(ActivityCall call) => queue.Add(call);

    public void Drop(long instance) => queue.Drop(instance);

    /// <summary>Cancels what runs and begins nothing more; ends when all have ended.</summary>
    public Task StopAsync()
    {
        var ended = queue.CloseAsync();
        stopping.Cancel();
        return ended;
    }

    public void Dispose() => stopping.Dispose();

    private void Begin(ActivityCall call) => ThreadPool.UnsafeQueueUserWorkItem(
        state => _ = state.Self.RunAsync(state.Call), (Self: this, Call: call), preferLocal: false);

    private async Task RunAsync(ActivityCall call)
    {
        var result = await ResultAsync(call);
        if (result is not null) mailboxes.Post(call.Instance, new Delivery(call.Execution, result));
        queue.Ended(call);
    }

    private async Task<InboundEvent?> ResultAsync(ActivityCall call)
    {
        if (!catalog.Activities.TryGetValue(call.Name, out var activity))
            return new InboundEvent(InboundKind.ActivityFailed, call.Task, Failure: $"There is no activity named '{call.Name}'.");

        var token = stopping.Token;
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            return new InboundEvent(InboundKind.ActivityCompleted, call.Task, Data: await activity(scope.ServiceProvider, call.Input, token));
        }
        catch (Exception) when (token.IsCancellationRequested)
        {
            // Whatever it threw, it was told to stop: it runs again after the next start.
            return null;
        }
        catch (Exception error)
        {
            // No message: it may quote what the activity was sent, such as a signed link.
            LogFailed(call.Name, call.Task, call.Instance, error.GetType().Name);
            return new InboundEvent(InboundKind.ActivityFailed, call.Task, Failure: FirstLine.Of(error));
        }
    }

    [LoggerMessage(LogLevel.Warning, "Activity {Activity}, task {Task} of instance {Key}, failed with {Exception}")]
    private partial void LogFailed(string activity, int task, long key, string exception);
}
