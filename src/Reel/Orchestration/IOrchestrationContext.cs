using Microsoft.Extensions.Logging;

namespace Reel.Orchestration;

/// <summary>
/// All that an orchestrator may ask of a durable engine. An orchestrator awaits only tasks that came from here and takes time,
/// ids and logging from here, so that replaying its history gives the same decisions again. What it starts it awaits or cancels: on Azure an
/// open timer or activity keeps an orchestration from ending after its code has returned.
/// </summary>
public interface IOrchestrationContext
{
    /// <summary>The id that the instance was started with.</summary>
    string InstanceId { get; }

    /// <summary>The time of the current turn; the same on every replay.</summary>
    DateTimeOffset UtcNow { get; }

    /// <summary>True while recorded turns are run again.</summary>
    bool IsReplaying { get; }

    /// <summary>A logger that is silent while replaying.</summary>
    ILogger CreateReplaySafeLogger(string category);

    /// <summary>Runs an activity, at least once.</summary>
    /// <exception cref="TaskFailedException">The activity threw, and so it did on every retry.</exception>
    Task<TOutput> CallAsync<TInput, TOutput>(ActivityName<TInput, TOutput> activity, TInput input, RetryPolicy? retry = null);

    /// <summary>Runs a sub-orchestration under an id of its own. The id must not be in use.</summary>
    /// <exception cref="TaskFailedException">The sub-orchestration failed or was terminated.</exception>
    Task<TOutput> CallAsync<TInput, TOutput>(OrchestrationName<TInput, TOutput> orchestration, string instanceId, TInput input);

    /// <summary>
    /// Completes at <paramref name="fireAt"/> or later: by up to a second on Azure (whose storage counts whole seconds only) and by the engine's
    /// polling interval. Clocks of several machines differ, so look at <see cref="UtcNow"/> afterwards. A cancelled timer's task is cancelled.
    /// </summary>
    Task CreateTimer(DateTimeOffset fireAt, CancellationToken cancellationToken = default);

    /// <summary>
    /// The next external event of this name (ignoring case). Events that came before anyone waited are kept, in order. Of several waits
    /// for one name the latest gets the event, so wait once and keep the task: a wait cannot be taken back (on Azure a cancelled one would swallow
    /// the next event).
    /// </summary>
    Task<T> WaitForEvent<T>(string name);

    /// <summary>Replaces what the instance tells about itself. At most 4 KiB as JSON: the Azure backend fails over 16 KiB.</summary>
    void SetCustomStatus(object? status);

    /// <summary>
    /// Ends this execution and starts another with a new input and an empty history; events not consumed yet are kept. To be the
    /// orchestrator's last call; what it returns afterwards is ignored.
    /// </summary>
    void ContinueAsNew(object? input);
}
