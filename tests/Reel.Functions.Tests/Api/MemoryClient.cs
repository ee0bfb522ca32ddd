using System.Collections.Concurrent;
using DurableTask.Core.Exceptions;
using Grpc.Core;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Moq;
using Reel.Functions.Tests.Durable;
using Reel.Generations;
using Reel.Orchestration;
using TheirQuery = Microsoft.DurableTask.Client.OrchestrationQuery;

namespace Reel.Functions.Tests.Api;

/// <summary>A binding's durable client that keeps what was started in memory and runs nothing.</summary>
internal sealed class MemoryClient
{
    private static readonly GenerationState Canceled = new(
        GenerationStatus.Failed, Stage.Done, FinishedAt: DateTimeOffset.UnixEpoch, Error: "Cancelled.", ErrorCode: ErrorCodes.Canceled, Charged: Charged.Unknown);

    private readonly ConcurrentDictionary<string, OrchestrationMetadata> instances = new(StringComparer.Ordinal);
    private readonly Mock<DurableTaskClient> mock = new(MockBehavior.Strict, "Reel");
    private int asked;

    public MemoryClient()
    {
        mock.Setup(c => c.ScheduleNewOrchestrationInstanceAsync(
                It.IsAny<TaskName>(), It.IsAny<object?>(), It.IsAny<StartOrchestrationOptions?>(), It.IsAny<CancellationToken>()))
            .Returns(StartAsync);
        mock.Setup(c => c.GetInstanceAsync(It.IsAny<string>(), It.IsAny<bool>(), It.IsAny<CancellationToken>()))
            .Returns((string id, bool _, CancellationToken _) =>
            {
                Interlocked.Increment(ref asked);
                return Throw<OrchestrationMetadata?>() ?? Task.FromResult(instances.GetValueOrDefault(id));
            });
        mock.Setup(c => c.RaiseEventAsync(It.IsAny<string>(), Orchestrations.CancelEvent, It.IsAny<object?>(), It.IsAny<CancellationToken>()))
            .Returns((string id, string _, object? _, CancellationToken _) => Throw<bool>() ?? EndAsync(id, OrchestrationRuntimeStatus.Completed, Canceled));
        mock.Setup(c => c.TerminateInstanceAsync(It.IsAny<string>(), It.IsAny<object?>(), It.IsAny<CancellationToken>()))
            .Returns((string id, object? _, CancellationToken _) => Throw<bool>() ?? EndAsync(id, OrchestrationRuntimeStatus.Terminated, null));
        mock.Setup(c => c.PurgeInstanceAsync(It.IsAny<string>(), It.IsAny<CancellationToken>()))
            .Returns((string id, CancellationToken _) => Throw<PurgeResult>() ?? Task.FromResult(new PurgeResult(instances.TryRemove(id, out var _) ? 1 : 0)));
        mock.Setup(c => c.GetAllInstancesAsync(It.IsAny<TheirQuery?>())).Returns((TheirQuery? query) => Trouble is { } trouble
            ? throw trouble
            : new Pages(Listing?.Invoke() ?? new Page<OrchestrationMetadata>(
                [.. instances.Values.Where(i => i.InstanceId.StartsWith(query?.InstanceIdPrefix ?? "", StringComparison.Ordinal))])));
    }

    /// <summary>What the function is given.</summary>
    public DurableTaskClient Object => mock.Object;

    /// <summary>What every call throws.</summary>
    public Exception? Trouble { get; set; }

    /// <summary>What a query for a page finds instead of what was started.</summary>
    public Func<Page<OrchestrationMetadata>>? Listing { get; set; }

    /// <summary>Holds every start back until it is completed.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    /// <summary>How often an instance was looked at.</summary>
    public int Asked => Volatile.Read(ref asked);

    /// <summary>The state that instances are in as soon as they are started; null for none yet.</summary>
    public GenerationState? StateOfNew { get; set; }

    /// <summary>The ids of what was started.</summary>
    public ICollection<string> Ids => instances.Keys;

    /// <summary>What a request was started with.</summary>
    public GenerationRequest Input(string instanceId) => OrchestrationJson.Read<GenerationRequest>(instances[instanceId].SerializedInput)!;

    /// <summary>Lets an instance get somewhere.</summary>
    /// <param name="state">Null for the one it is in.</param>
    public void Advance(string instanceId, OrchestrationRuntimeStatus status, object? state) => instances[instanceId] =
        new OrchestrationMetadata(instances[instanceId].Name, instanceId)
        {
            RuntimeStatus = status,
            CreatedAt = instances[instanceId].CreatedAt,
            LastUpdatedAt = DateTimeOffset.UtcNow,
            SerializedInput = instances[instanceId].SerializedInput,
            SerializedCustomStatus = state is null ? instances[instanceId].SerializedCustomStatus : OrchestrationJson.Write(state),
        };

    /// <summary>Lets an instance have begun earlier.</summary>
    public void Backdate(string instanceId, TimeSpan by)
    {
        var found = instances[instanceId];
        instances[instanceId] = new OrchestrationMetadata(found.Name, instanceId)
        {
            RuntimeStatus = found.RuntimeStatus,
            CreatedAt = found.CreatedAt - by,
            LastUpdatedAt = found.LastUpdatedAt,
            SerializedInput = found.SerializedInput,
            SerializedCustomStatus = found.SerializedCustomStatus,
        };
    }

    /// <summary>As the host does, who tells what is unknown from what is finished.</summary>
    private Task<bool> EndAsync(string id, OrchestrationRuntimeStatus status, GenerationState? state)
    {
        if (!instances.TryGetValue(id, out var found)) throw new RpcException(new Status(StatusCode.NotFound, "There is none."));
        if (found.IsCompleted) throw new RpcException(new Status(StatusCode.FailedPrecondition, "It is finished."));
        Advance(id, status, state);
        return Task.FromResult(true);
    }

    private async Task<string> StartAsync(TaskName name, object? input, StartOrchestrationOptions? options, CancellationToken cancellationToken)
    {
        await (Throw<string>() ?? Gate.WaitAsync(cancellationToken));
        var id = options!.InstanceId!;
        var instance = new OrchestrationMetadata(name.Name, id)
        {
            RuntimeStatus = StateOfNew is { IsFinal: true } ? OrchestrationRuntimeStatus.Completed : OrchestrationRuntimeStatus.Pending,
            CreatedAt = DateTimeOffset.UtcNow,
            SerializedInput = OrchestrationJson.Write(input),
            SerializedCustomStatus = StateOfNew is null ? null : OrchestrationJson.Write(StateOfNew),
        };
        return instances.TryAdd(id, instance) ? id : throw new OrchestrationAlreadyExistsException("An instance of this id exists.");
    }

    private Task<T>? Throw<T>() => Trouble is { } trouble ? Task.FromException<T>(trouble) : null;
}
