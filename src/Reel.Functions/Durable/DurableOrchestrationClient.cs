using DurableTask.Core.Exceptions;
using Grpc.Core;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Reel.Orchestration;

namespace Reel.Functions.Durable;

/// <summary>The port over Durable Functions' own client.</summary>
internal sealed class DurableOrchestrationClient(BoundDurableClient bound, TimeProvider time) : IOrchestrationClient
{
    // The limit in host.json is one for all calls, and long for the sake of the purge.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan[] PurgeSlices = [TimeSpan.FromHours(3), TimeSpan.FromDays(1), TimeSpan.FromDays(7)];

    private static readonly OrchestrationRuntimeStatus[] Finished =
        [OrchestrationRuntimeStatus.Completed, OrchestrationRuntimeStatus.Failed, OrchestrationRuntimeStatus.Terminated];

    public Task StartAsync<TInput, TOutput>(
        OrchestrationName<TInput, TOutput> orchestration, string instanceId, TInput input, CancellationToken cancellationToken = default)
    {
        // By default an id that is finished is run again: money would be spent twice.
        var options = new StartOrchestrationOptions(InstanceId: instanceId)
            .WithDedupeStatuses([.. StartOrchestrationOptionsExtensions.ValidDedupeStatuses]);
        return CallAsync(
            async limited =>
            {
                try
                {
                    await bound.Client.ScheduleNewOrchestrationInstanceAsync(orchestration.Name, input, options, limited);
                }
                catch (OrchestrationAlreadyExistsException)
                {
                    // An answer, not an error: it is there.
                }

                return true;
            },
            cancellationToken);
    }

    public Task<OrchestrationInstance?> GetAsync(string instanceId, CancellationToken cancellationToken = default) => CallAsync(
        // Without inputs and outputs there is no custom status either.
        async limited => await bound.Client.GetInstanceAsync(instanceId, getInputsAndOutputs: true, limited) is { } found
            ? DurableInstances.Read(found)
            : null,
        cancellationToken);

    public Task<OrchestrationPage> ListAsync(Reel.Orchestration.OrchestrationQuery query, CancellationToken cancellationToken = default) => CallAsync(
        async limited =>
        {
            try
            {
                await foreach (var page in bound.Client.GetAllInstancesAsync(DurableInstances.Write(query)).AsPages().WithCancellation(limited))
                    return new OrchestrationPage([.. page.Values.Select(DurableInstances.Read)], page.ContinuationToken);
            }
            catch (RpcException exception) when (
                query.ContinuationToken is not null && exception.StatusCode is (StatusCode.InvalidArgument or StatusCode.Unknown or StatusCode.Internal))
            {
                // What a backend makes of a token that it did not give.
                throw new ArgumentException("The continuation token is not one that a page came with.", exception);
            }

            return new OrchestrationPage([], null);
        },
        cancellationToken);

    public Task<EventOutcome> RaiseEventAsync(string instanceId, string name, object? payload, CancellationToken cancellationToken = default) => CallAsync(
        async limited =>
        {
            try
            {
                await bound.Client.RaiseEventAsync(instanceId, name, payload, limited);
                return EventOutcome.Raised;
            }
            catch (RpcException exception) when (exception.StatusCode == StatusCode.NotFound)
            {
                return EventOutcome.NotFound;
            }
            catch (RpcException exception) when (exception.StatusCode == StatusCode.FailedPrecondition)
            {
                return EventOutcome.Finished;
            }
        },
        cancellationToken);

    public Task<bool> TerminateAsync(string instanceId, string reason, CancellationToken cancellationToken = default) => CallAsync(
        async limited =>
        {
            try
            {
                await bound.Client.TerminateInstanceAsync(instanceId, (object?)reason, limited);
                return true;
            }
            catch (RpcException exception) when (exception.StatusCode is StatusCode.NotFound or StatusCode.FailedPrecondition)
            {
                return false;
            }
        },
        cancellationToken);

    public Task<bool> PurgeAsync(string instanceId, CancellationToken cancellationToken = default) => CallAsync(
        async limited =>
        {
            // The engine would purge a running instance as well. What is finished stays so.
            var found = await bound.Client.GetInstanceAsync(instanceId, getInputsAndOutputs: false, limited);
            return found is { IsCompleted: true }
                && (await bound.Client.PurgeInstanceAsync(instanceId, limited)).PurgedInstanceCount > 0;
        },
        cancellationToken);

    public async Task<int> PurgeFinishedAsync(DateTimeOffset createdBefore, CancellationToken cancellationToken = default)
    {
        // A slice of time in each call, the newest first: an hourly run finds all of its work in that. Only after a long pause is there more, and what
        // a call that is broken off has deleted the next one need not.
        var (count, end) = (0, createdBefore);
        foreach (var age in PurgeSlices)
        {
            var begin = createdBefore - age;
            count += await PurgeSliceAsync(begin, end, cancellationToken);
            end = begin;
        }

        return count + await PurgeSliceAsync(DateTimeOffset.UnixEpoch, end, cancellationToken);
    }

    private Task<int> PurgeSliceAsync(DateTimeOffset begin, DateTimeOffset end, CancellationToken cancellationToken) => NameFailuresAsync(
        async () =>
        {
            // Without a beginning older hosts refuse; without statuses running instances go too. The end is inclusive there.
            var filter = new PurgeInstancesFilter(begin, end.AddTicks(-1), Finished);
            return (await bound.Client.PurgeAllInstancesAsync(filter, cancellationToken)).PurgedInstanceCount;
        },
        cancellationToken);

    /// <summary>A call that is given up after <see cref="Limit"/>.</summary>
    private async Task<T> CallAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Limit, time);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        return await NameFailuresAsync(() => call(limited.Token), cancellationToken);
    }

    /// <summary>
    /// Gives the failures of the call to the host the names that the port has for them. Whatever was asked may have been done, a read not excepted:
    /// in the same request it may follow a write.
    /// </summary>
    private static async Task<T> NameFailuresAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await call();
        }
        catch (Exception exception) when (
            cancellationToken.IsCancellationRequested && exception is (OperationCanceledException or RpcException { StatusCode: StatusCode.Cancelled }))
        {
            throw new OperationCanceledException(exception.Message, exception, cancellationToken);
        }
        catch (RpcException exception)
        {
            throw new OrchestrationUnavailableException($"The durable engine answered {exception.StatusCode}.", exception, mayHaveHappened: true);
        }
        catch (OperationCanceledException exception)
        {
            // The limit or the host broke it off, not the caller.
            throw new OrchestrationUnavailableException("The durable engine gave no answer in time.", exception, mayHaveHappened: true);
        }
    }
}
