// Declarations of just those types and members of the Durable Task packages that Reel.Functions and its tests use; see FunctionsWorker.cs for
// what that is and is not. Checked against the public sources of Microsoft.DurableTask.* 1.25.0 and what they stand on.

using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;

namespace Microsoft.DurableTask
{
    public readonly struct TaskName
    {
        public TaskName(string name) => Name = name;

        public string Name { get; }

        public static implicit operator string(TaskName value) => value.Name;

        public static implicit operator TaskName(string value) => new(value);
    }

    public abstract class TaskOrchestrationContext
    {
        public abstract string InstanceId { get; }

        public abstract DateTime CurrentUtcDateTime { get; }

        public abstract bool IsReplaying { get; }

        public abstract T? GetInput<T>();

        public abstract Task<TResult> CallActivityAsync<TResult>(TaskName name, object? input = null, TaskOptions? options = null);

        public abstract Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken);

        public abstract Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default);

        public abstract void SetCustomStatus(object? customStatus);

        public abstract Task<TResult> CallSubOrchestratorAsync<TResult>(TaskName orchestratorName, object? input = null, TaskOptions? options = null);

        public abstract void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true);

        public virtual ILogger CreateReplaySafeLogger(string categoryName) => throw new NotSupportedException();
    }

    public record TaskOptions
    {
        public TaskOptions(TaskRetryOptions? retry = null, IDictionary<string, string>? tags = null) => (Retry, Tags) = (retry, tags);

        public TaskRetryOptions? Retry { get; init; }

        public IDictionary<string, string>? Tags { get; init; }

        public static TaskOptions FromRetryPolicy(RetryPolicy policy) => new(new TaskRetryOptions(policy));
    }

    public record SubOrchestrationOptions : TaskOptions
    {
        public SubOrchestrationOptions(TaskRetryOptions? retry = null, string? instanceId = null)
            : base(retry) => InstanceId = instanceId;

        public string? InstanceId { get; init; }
    }

    public record StartOrchestrationOptions
    {
        [SuppressMessage("Naming", "CA1707", Justification = "The real parameters begin with a capital.")]
        public StartOrchestrationOptions(string? InstanceId = null, DateTimeOffset? StartAt = null) => (this.InstanceId, this.StartAt) = (InstanceId, StartAt);

        public string? InstanceId { get; init; }

        public DateTimeOffset? StartAt { get; init; }

        public IReadOnlyList<string>? DedupeStatuses { get; init; }
    }

    public sealed class TaskRetryOptions
    {
        public TaskRetryOptions(RetryPolicy policy) => Policy = policy;

        public RetryPolicy? Policy { get; }
    }

    public class RetryPolicy
    {
        public RetryPolicy(
            int maxNumberOfAttempts,
            TimeSpan firstRetryInterval,
            double backoffCoefficient = 1.0,
            TimeSpan? maxRetryInterval = null,
            TimeSpan? retryTimeout = null) =>
            (MaxNumberOfAttempts, FirstRetryInterval, BackoffCoefficient, MaxRetryInterval, RetryTimeout) =
            (maxNumberOfAttempts, firstRetryInterval, backoffCoefficient, maxRetryInterval ?? TimeSpan.FromHours(1), retryTimeout ?? Timeout.InfiniteTimeSpan);

        public int MaxNumberOfAttempts { get; }

        public TimeSpan FirstRetryInterval { get; }

        public double BackoffCoefficient { get; }

        public TimeSpan MaxRetryInterval { get; }

        public TimeSpan RetryTimeout { get; }
    }

    public sealed class TaskFailedException : Exception
    {
        public TaskFailedException(string taskName, int taskId, TaskFailureDetails failureDetails)
            : base($"Task '{taskName}' (#{taskId}) failed with an unhandled exception: {failureDetails?.ErrorMessage}") =>
            (TaskName, TaskId, FailureDetails) = (taskName, taskId, failureDetails!);

        public string TaskName { get; }

        public int TaskId { get; }

        public TaskFailureDetails FailureDetails { get; }
    }

    public record TaskFailureDetails(
        string ErrorType, string ErrorMessage, string? StackTrace, TaskFailureDetails? InnerFailure, IDictionary<string, object?>? Properties);

    public abstract class AsyncPageable<T> : IAsyncEnumerable<T>
        where T : notnull
    {
        public abstract IAsyncEnumerable<Page<T>> AsPages(string? continuationToken = default, int? pageSizeHint = default);

        public async IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default)
        {
            await foreach (var page in AsPages().WithCancellation(cancellationToken))
            {
                foreach (var value in page.Values) yield return value;
            }
        }
    }

    public sealed class Page<T>
        where T : notnull
    {
        public Page(IReadOnlyList<T> values, string? continuationToken = null) => (Values, ContinuationToken) = (values, continuationToken);

        public IReadOnlyList<T> Values { get; }

        public string? ContinuationToken { get; }
    }
}

namespace Microsoft.DurableTask.Client
{
    public enum OrchestrationRuntimeStatus
    {
        Running,
        Completed,
        [Obsolete("The ContinuedAsNew status is obsolete and exists only for compatibility reasons.")]
        ContinuedAsNew,
        Failed,
        [Obsolete("The Canceled status is not currently used and exists only for compatibility reasons.")]
        Canceled,
        Terminated,
        Pending,
        Suspended,
    }

    public abstract class DurableTaskClient : IAsyncDisposable
    {
        protected DurableTaskClient(string name) => Name = name;

        public string Name { get; }

        public abstract Task<string> ScheduleNewOrchestrationInstanceAsync(
            TaskName orchestratorName, object? input = null, StartOrchestrationOptions? options = null, CancellationToken cancellation = default);

        public abstract Task RaiseEventAsync(string instanceId, string eventName, object? eventPayload = null, CancellationToken cancellation = default);

        public virtual Task TerminateInstanceAsync(string instanceId, object? output, CancellationToken cancellation = default) => throw new NotSupportedException();

        public virtual Task<OrchestrationMetadata?> GetInstanceAsync(
            string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
            GetInstancesAsync(instanceId, getInputsAndOutputs, cancellation);

        public abstract Task<OrchestrationMetadata?> GetInstancesAsync(
            string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default);

        public abstract AsyncPageable<OrchestrationMetadata> GetAllInstancesAsync(OrchestrationQuery? filter = null);

        public virtual Task<PurgeResult> PurgeInstanceAsync(string instanceId, CancellationToken cancellation) => throw new NotSupportedException();

        public virtual Task<PurgeResult> PurgeAllInstancesAsync(PurgeInstancesFilter filter, CancellationToken cancellation) => throw new NotSupportedException();

        public abstract ValueTask DisposeAsync();
    }

    public sealed class OrchestrationMetadata
    {
        public OrchestrationMetadata(string name, string instanceId) => (Name, InstanceId) = (name, instanceId);

        public string Name { get; }

        public string InstanceId { get; }

        public OrchestrationRuntimeStatus RuntimeStatus { get; init; }

        public DateTimeOffset CreatedAt { get; init; }

        public DateTimeOffset LastUpdatedAt { get; init; }

        public string? SerializedInput { get; init; }

        public string? SerializedOutput { get; init; }

        public string? SerializedCustomStatus { get; init; }

        public TaskFailureDetails? FailureDetails { get; init; }

        public bool IsCompleted =>
            RuntimeStatus is OrchestrationRuntimeStatus.Completed or OrchestrationRuntimeStatus.Failed or OrchestrationRuntimeStatus.Terminated;
    }

    public record OrchestrationQuery(
        DateTimeOffset? CreatedFrom = null,
        DateTimeOffset? CreatedTo = null,
        IEnumerable<OrchestrationRuntimeStatus>? Statuses = null,
        IEnumerable<string>? TaskHubNames = null,
        string? InstanceIdPrefix = null,
        int PageSize = 100,
        bool FetchInputsAndOutputs = false,
        string? ContinuationToken = null);

    public record PurgeInstancesFilter(
        DateTimeOffset? CreatedFrom = null, DateTimeOffset? CreatedTo = null, IEnumerable<OrchestrationRuntimeStatus>? Statuses = null);

    public class PurgeResult
    {
        public PurgeResult(int count) => PurgedInstanceCount = count;

        public int PurgedInstanceCount { get; }
    }

    public static class StartOrchestrationOptionsExtensions
    {
#pragma warning disable CS0618 // Obsolete, and in the real list all the same.
        public static readonly IReadOnlyList<OrchestrationRuntimeStatus> ValidDedupeStatuses =
        [
            OrchestrationRuntimeStatus.Completed, OrchestrationRuntimeStatus.Failed, OrchestrationRuntimeStatus.Terminated, OrchestrationRuntimeStatus.Canceled,
            OrchestrationRuntimeStatus.Pending, OrchestrationRuntimeStatus.Running, OrchestrationRuntimeStatus.Suspended,
        ];
#pragma warning restore CS0618

        public static StartOrchestrationOptions WithDedupeStatuses(
            this StartOrchestrationOptions options, params OrchestrationRuntimeStatus[] dedupeStatuses) =>
            options with { DedupeStatuses = [.. dedupeStatuses.Select(status => status.ToString())] };
    }
}

namespace DurableTask.Core.Exceptions
{
    public class OrchestrationAlreadyExistsException : InvalidOperationException
    {
        public OrchestrationAlreadyExistsException(string message)
            : base(message)
        {
        }
    }
}

namespace Grpc.Core
{
    public enum StatusCode
    {
        OK = 0,
        Cancelled = 1,
        Unknown = 2,
        InvalidArgument = 3,
        NotFound = 5,
        FailedPrecondition = 9,
        Internal = 13,
        Unavailable = 14,
    }

    public struct Status
    {
        public Status(StatusCode statusCode, string detail) => (StatusCode, Detail) = (statusCode, detail);

        public StatusCode StatusCode { get; }

        public string Detail { get; }
    }

    public class RpcException : Exception
    {
        public RpcException(Status status)
            : base(status.Detail) => Status = status;

        public Status Status { get; }

        public StatusCode StatusCode => Status.StatusCode;
    }
}
