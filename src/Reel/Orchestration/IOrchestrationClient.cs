namespace Reel.Orchestration;

/// <summary>All that an endpoint may ask of a durable engine.</summary>
public interface IOrchestrationClient
{
    /// <summary>
    /// Starts an instance and returns once the start is durable. An id that exists, in whatever state, is left as it is: success does not mean
    /// that this call created it.
    /// </summary>
    Task StartAsync<TInput, TOutput>(
        OrchestrationName<TInput, TOutput> orchestration, string instanceId, TInput input, CancellationToken cancellationToken = default);

    /// <summary>The instance as of now, or null when there is none.</summary>
    Task<OrchestrationInstance?> GetAsync(string instanceId, CancellationToken cancellationToken = default);

    /// <summary>A page of instances in ordinal order of their ids.</summary>
    Task<OrchestrationPage> ListAsync(OrchestrationQuery query, CancellationToken cancellationToken = default);

    /// <summary>Sends an event; an orchestrator that does not wait for it yet finds it later.</summary>
    Task<EventOutcome> RaiseEventAsync(string instanceId, string name, object? payload, CancellationToken cancellationToken = default);

    /// <summary>Ends an instance without letting its code know; false when it is unknown or finished. Sub-orchestrations go on.</summary>
    Task<bool> TerminateAsync(string instanceId, string reason, CancellationToken cancellationToken = default);

    /// <summary>Forgets a finished instance; false when it is unknown or not finished.</summary>
    Task<bool> PurgeAsync(string instanceId, CancellationToken cancellationToken = default);

    /// <summary>Forgets the finished instances that were created before a time; how many.</summary>
    Task<int> PurgeFinishedAsync(DateTimeOffset createdBefore, CancellationToken cancellationToken = default);
}

/// <summary>What became of an event.</summary>
public enum EventOutcome
{
    /// <summary>It is durable and will be seen.</summary>
    Raised,

    /// <summary>There is no such instance.</summary>
    NotFound,

    /// <summary>The instance is completed, failed or terminated.</summary>
    Finished,
}
