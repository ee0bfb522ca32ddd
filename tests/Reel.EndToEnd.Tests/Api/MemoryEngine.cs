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
    private readonly ConcurrentQueue<(string InstanceId, string Name)> raised = new();
    private readonly ConcurrentDictionary<string, int> canceling = new(StringComparer.Ordinal);
    private int deaths;
    private int callsUntilTrouble = int.MaxValue;
    private int asked;
    private int starts;

    /// <summary>The ids that an instance was made for, oldest first; a forgotten one that was started again is there twice.</summary>
    public IReadOnlyList<string> Started => [.. started];

    /// <summary>The events that came for instances that are open, oldest first.</summary>
    public IReadOnlyList<(string InstanceId, string Name)> Raised => [.. raised];

    /// <summary>How often an instance was looked at.</summary>
    public int Asked => Volatile.Read(ref asked);

    /// <summary>What was listed, oldest first.</summary>
    public ConcurrentQueue<OrchestrationQuery> Listed { get; } = new();

    /// <summary>The state that instances are in as soon as they are started; null for none yet.</summary>
    public GenerationState? StateOfNew { get; set; }

    /// <summary>At which look after its cancelling an instance is found to have ended; null for never.</summary>
    public int? LooksUntilCanceled { get; set; } = 1;

    /// <summary>Holds every start back until it is completed, or the start is given up.</summary>
    public Task StartGate { get; set; } = Task.CompletedTask;

    /// <summary>How many starts have come.</summary>
    public int Starts => Volatile.Read(ref starts);

    /// <summary>Holds every list back until it is completed.</summary>
    public Task ListGate { get; set; } = Task.CompletedTask;

    /// <summary>It does not answer where a list is asked for.</summary>
    public bool ListTrouble { get; set; }

    /// <summary>What happens elsewhere just before an instance is purged.</summary>
    public Func<string, Task>? BeforePurge { get; set; }

    /// <summary>It does not answer.</summary>
    public bool IsDown { get; set; }

    /// <summary>The next start finds that its process has died.</summary>
    public void DieBeforeStart() => Interlocked.Increment(ref deaths);

    /// <summary>Answers so many calls about instances, and none after them; null for all.</summary>
    public void AnswerOnly(int? calls) => callsUntilTrouble = calls ?? int.MaxValue;

    /// <summary>Lets an instance be past its retention, whatever its state.</summary>
    public void Forget(string instanceId) => Assert.True(instances.TryRemove(instanceId, out _));

    /// <summary>The ids of the instances there are.</summary>
    public IReadOnlyList<string> Ids => [.. instances.Keys.Order(StringComparer.Ordinal)];

    public GenerationRequest Input(string instanceId) => OrchestrationJson.Read<GenerationRequest>(instances[instanceId].Input)!;

    /// <summary>Lets an instance fail.</summary>
    public void Fail(string instanceId, string errorCode, Charged charged) => Advance(
        instanceId, new GenerationState(GenerationStatus.Failed, Stage.Done, FinishedAt: time.GetUtcNow(), Error: "because", ErrorCode: errorCode, Charged: charged));

    public void Advance(string instanceId, GenerationState state, bool isDelivering = false) => instances[instanceId] = instances[instanceId] with
    {
        Status = state.IsFinal && !isDelivering ? RuntimeStatus.Completed : RuntimeStatus.Running,
        CustomStatus = OrchestrationJson.Write(state),
    };

    /// <summary>Lets an instance of any kind tell something.</summary>
    public void Tell(string instanceId, object status, bool isOver) => instances[instanceId] = instances[instanceId] with
    {
        Status = isOver ? RuntimeStatus.Completed : RuntimeStatus.Running,
        CustomStatus = OrchestrationJson.Write(status),
    };

    /// <summary>Lets an instance have begun earlier.</summary>
    public void Backdate(string instanceId, TimeSpan by) => instances[instanceId] = instances[instanceId] with { CreatedAt = instances[instanceId].CreatedAt - by };

    public async Task StartAsync<TInput, TOutput>(
        OrchestrationName<TInput, TOutput> orchestration, string instanceId, TInput input, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref starts);
        await StartGate.WaitAsync(cancellationToken);
        ThrowIfDown();
        if (Interlocked.Decrement(ref deaths) >= 0) throw new OrchestrationUnavailableException("It stands for a process that dies here.");
        Interlocked.Exchange(ref deaths, 0);

        var now = time.GetUtcNow();
        var instance = new OrchestrationInstance(
            instanceId, orchestration.Name, RuntimeStatus.Pending, now, now, OrchestrationJson.Write(input), null, null, null);
        if (instances.TryAdd(instanceId, instance)) started.Enqueue(instanceId);
        if (StateOfNew is { } state) Advance(instanceId, state);
    }

    public Task<OrchestrationInstance?> GetAsync(string instanceId, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref asked);
        ThrowIfDown();
        CountCall();
        if (canceling.TryGetValue(instanceId, out var looks) && canceling.TryUpdate(instanceId, looks - 1, looks) && looks == 1) Fail(instanceId, ErrorCodes.Canceled, Charged.Unknown);
        return Task.FromResult(instances.GetValueOrDefault(instanceId));
    }

    public async Task<bool> PurgeAsync(string instanceId, CancellationToken cancellationToken = default)
    {
        CountCall();
        if (BeforePurge is { } before) await before(instanceId);
        return instances.TryGetValue(instanceId, out var found) && !IsOpen(found) && instances.TryRemove(instanceId, out _);
    }

    public async Task<OrchestrationPage> ListAsync(OrchestrationQuery query, CancellationToken cancellationToken = default)
    {
        Listed.Enqueue(query);
        await ListGate.WaitAsync(cancellationToken);
        if (ListTrouble) throw new OrchestrationUnavailableException("It is down.", mayHaveHappened: true);
        var found = instances.Values
            .Where(instance => instance.InstanceId.StartsWith(query.Prefix, StringComparison.Ordinal)
                && string.CompareOrdinal(instance.InstanceId, query.ContinuationToken ?? "") > 0
                && !(instance.CreatedAt < query.CreatedFrom) && !(instance.CreatedAt >= query.CreatedTo)
                && query.Statuses?.Contains(instance.Status) != false)
            .OrderBy(instance => instance.InstanceId, StringComparer.Ordinal)
            .Take(query.PageSize + 1)
            .ToList();
        if (found.Count <= query.PageSize) return new OrchestrationPage(found, null);
        found.RemoveAt(query.PageSize);
        return new OrchestrationPage(found, found[^1].InstanceId);
    }

    public Task<EventOutcome> RaiseEventAsync(string instanceId, string name, object? payload, CancellationToken cancellationToken = default)
    {
        ThrowIfDown();
        if (!instances.TryGetValue(instanceId, out var found)) return Task.FromResult(EventOutcome.NotFound);
        if (!IsOpen(found)) return Task.FromResult(EventOutcome.Finished);
        raised.Enqueue((instanceId, name));
        if (LooksUntilCanceled is { } looks) canceling[instanceId] = looks;
        return Task.FromResult(EventOutcome.Raised);
    }

    public Task<bool> TerminateAsync(string instanceId, string reason, CancellationToken cancellationToken = default)
    {
        CountCall();
        if (!instances.TryGetValue(instanceId, out var found) || !IsOpen(found)) return Task.FromResult(false);
        return Task.FromResult(instances.TryUpdate(instanceId, found with { Status = RuntimeStatus.Terminated, Failure = reason }, found));
    }

    public Task<int> PurgeFinishedAsync(DateTimeOffset createdBefore, CancellationToken cancellationToken = default) => Task.FromResult(0); // Nothing ends here by itself.

    private static bool IsOpen(OrchestrationInstance instance) => instance.Status is RuntimeStatus.Pending or RuntimeStatus.Running;

    private void ThrowIfDown()
    {
        if (IsDown) throw new OrchestrationUnavailableException("It is down.", mayHaveHappened: true);
    }

    private void CountCall()
    {
        if (Volatile.Read(ref callsUntilTrouble) != int.MaxValue && Interlocked.Decrement(ref callsUntilTrouble) < 0) throw new OrchestrationUnavailableException("It does not answer.");
    }
}
