using System.Collections.Concurrent;
using Reel.Generations;
using Reel.Orchestration;

namespace Reel.EndToEnd.Tests.Api;

/// <summary>
/// A durable engine that keeps what was started and runs none of it: a test says what becomes of it. Like the real ones it never runs an id again that
/// exists, and can be shared by several processes.
/// </summary>
internal sealed class MemoryEngine(TimeProvider time) : IOrchestrationClient
{
    private readonly ConcurrentDictionary<string, OrchestrationInstance> instances = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> started = new();
    private int deaths;
    private int asked;

    /// <summary>The ids that an instance was made for, oldest first; a forgotten one that was started again is there twice.</summary>
    public IReadOnlyList<string> Started => [.. started];

    /// <summary>How often an instance was looked at.</summary>
    public int Asked => Volatile.Read(ref asked);

    /// <summary>The state that instances are in as soon as they are started; null for none yet.</summary>
    public GenerationState? StateOfNew { get; set; }

    /// <summary>It does not answer.</summary>
    public bool IsDown { get; set; }

    /// <summary>The next start finds that its process has died.</summary>
    public void DieBeforeStart() => Interlocked.Increment(ref deaths);

    public GenerationRequest Input(string instanceId) => OrchestrationJson.Read<GenerationRequest>(instances[instanceId].Input)!;

    /// <summary>Lets an instance fail.</summary>
    public void Fail(string instanceId, string errorCode, Charged charged) => Advance(
        instanceId, new GenerationState(GenerationStatus.Failed, Stage.Done, FinishedAt: time.GetUtcNow(), Error: "because", ErrorCode: errorCode, Charged: charged));

    public void Advance(string instanceId, GenerationState state) => instances[instanceId] = instances[instanceId] with
    {
        Status = state.IsFinal ? RuntimeStatus.Completed : RuntimeStatus.Running,
        CustomStatus = OrchestrationJson.Write(state),
    };

    public Task StartAsync<TInput, TOutput>(
        OrchestrationName<TInput, TOutput> orchestration, string instanceId, TInput input, CancellationToken cancellationToken = default)
    {
        ThrowIfDown();
        if (Interlocked.Decrement(ref deaths) >= 0) throw new OrchestrationUnavailableException("It stands for a process that dies here.");
        Interlocked.Exchange(ref deaths, 0);

        var now = time.GetUtcNow();
        var instance = new OrchestrationInstance(
            instanceId, orchestration.Name, RuntimeStatus.Pending, now, now, OrchestrationJson.Write(input), null, null, null);
        if (instances.TryAdd(instanceId, instance)) started.Enqueue(instanceId);
        if (StateOfNew is { } state) Advance(instanceId, state);
        return Task.CompletedTask;
    }

    public Task<OrchestrationInstance?> GetAsync(string instanceId, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref asked);
        ThrowIfDown();
        return Task.FromResult(instances.GetValueOrDefault(instanceId));
    }

    public Task<bool> PurgeAsync(string instanceId, CancellationToken cancellationToken = default) => Task.FromResult(instances.TryRemove(instanceId, out _));

    public Task<OrchestrationPage> ListAsync(OrchestrationQuery query, CancellationToken cancellationToken = default)
    {
        var found = instances.Values
            .Where(instance => instance.InstanceId.StartsWith(query.Prefix, StringComparison.Ordinal)
                && string.CompareOrdinal(instance.InstanceId, query.ContinuationToken ?? "") > 0
                && !(instance.CreatedAt < query.CreatedFrom) && !(instance.CreatedAt >= query.CreatedTo)
                && query.Statuses?.Contains(instance.Status) != false)
            .OrderBy(instance => instance.InstanceId, StringComparer.Ordinal)
            .Take(query.PageSize + 1)
            .ToList();
        if (found.Count <= query.PageSize) return Task.FromResult(new OrchestrationPage(found, null));
        found.RemoveAt(query.PageSize);
        return Task.FromResult(new OrchestrationPage(found, found[^1].InstanceId));
    }

    public Task<EventOutcome> RaiseEventAsync(string instanceId, string name, object? payload, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public Task<bool> TerminateAsync(string instanceId, string reason, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<int> PurgeFinishedAsync(DateTimeOffset createdBefore, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    private void ThrowIfDown()
    {
        if (IsDown) throw new OrchestrationUnavailableException("It is down.", mayHaveHappened: true);
    }
}
