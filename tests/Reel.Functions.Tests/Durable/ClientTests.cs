using DurableTask.Core.Exceptions;
using Grpc.Core;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Moq;
using Reel.Functions.Durable;
using Reel.Orchestration;

namespace Reel.Functions.Tests.Durable;

/// <summary>What the client adapter does: start, events, ends, and the failures of the call itself.</summary>
public sealed class ClientTests
{
    private static readonly OrchestrationName<string, string> Work = new("Work");

    private readonly Mock<DurableTaskClient> inner = new(MockBehavior.Strict, "Reel");
    private readonly DurableOrchestrationClient client;

    public ClientTests() => client = new DurableOrchestrationClient(new BoundDurableClient { Client = inner.Object }, TimeProvider.System);

    [Fact]
    public async Task A_start_leaves_alone_whatever_has_the_id_already()
    {
        StartOrchestrationOptions? options = null;
        inner.Setup(c => c.ScheduleNewOrchestrationInstanceAsync(
                It.Is<TaskName>(name => name.Name == "Work"), "input", It.IsAny<StartOrchestrationOptions?>(), It.IsAny<CancellationToken>()))
            .Callback((TaskName _, object? _, StartOrchestrationOptions? given, CancellationToken _) => options = given)
            .ReturnsAsync("desk_1");

        await client.StartAsync(Work, "desk_1", "input");

        Assert.Equal(("desk_1", null), (options!.InstanceId, options.StartAt));
        Assert.Equal(
            ["Canceled", "Completed", "Failed", "Pending", "Running", "Suspended", "Terminated"], options.DedupeStatuses!.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task An_id_that_exists_is_an_answer_and_no_error()
    {
        Starting().ThrowsAsync(new OrchestrationAlreadyExistsException("an instance of this id exists"));

        await client.StartAsync(Work, "desk_1", "input");

        inner.Verify(c => c.ScheduleNewOrchestrationInstanceAsync(
            It.IsAny<TaskName>(), It.IsAny<object?>(), It.IsAny<StartOrchestrationOptions?>(), It.IsAny<CancellationToken>()), Times.Once);
    }

    [Fact]
    public async Task A_defect_is_not_taken_for_an_id_that_exists()
    {
        Starting().ThrowsAsync(new InvalidOperationException("something else"));

        await Assert.ThrowsAsync<InvalidOperationException>(() => client.StartAsync(Work, "desk_1", "input"));
    }

    [Theory]
    [InlineData(StatusCode.Unavailable)]
    [InlineData(StatusCode.Internal)]
    [InlineData(StatusCode.Unknown)]
    public async Task Whatever_is_asked_an_engine_in_trouble_is_unavailable(StatusCode code)
    {
        var trouble = Rpc(code);
        Starting().ThrowsAsync(trouble);
        Getting().ThrowsAsync(trouble);
        inner.Setup(c => c.GetAllInstancesAsync(It.IsAny<Microsoft.DurableTask.Client.OrchestrationQuery?>())).Throws(trouble);
        Raising().ThrowsAsync(trouble);
        Terminating().ThrowsAsync(trouble);
        PurgingAll().ThrowsAsync(trouble);

        Func<Task>[] calls =
        [
            () => client.StartAsync(Work, "desk_1", "input"),
            () => client.GetAsync("desk_1"),
            () => client.ListAsync(new Reel.Orchestration.OrchestrationQuery("desk_")),
            () => client.RaiseEventAsync("desk_1", "cancel", null),
            () => client.TerminateAsync("desk_1", "why"),
            () => client.PurgeAsync("desk_1"),
            () => client.PurgeFinishedAsync(DateTimeOffset.UnixEpoch),
        ];

        foreach (var call in calls)
        {
            var failure = await Assert.ThrowsAsync<OrchestrationUnavailableException>(call);
            Assert.Contains(code.ToString(), failure.Message);
            Assert.Same(trouble, failure.InnerException);
        }
    }

    [Fact]
    public async Task A_call_that_the_caller_cancelled_is_cancelled()
    {
        using var gone = new CancellationTokenSource();
        await gone.CancelAsync();
        Getting().ThrowsAsync(Rpc(StatusCode.Cancelled));
        Raising().ThrowsAsync(Rpc(StatusCode.Cancelled));

        var get = await Assert.ThrowsAsync<OperationCanceledException>(() => client.GetAsync("desk_1", gone.Token));
        await Assert.ThrowsAsync<OperationCanceledException>(() => client.RaiseEventAsync("desk_1", "cancel", null, gone.Token));

        Assert.Equal(gone.Token, get.CancellationToken);
    }

    [Fact]
    public async Task A_call_whose_answer_is_lost_may_have_been_done_and_says_so()
    {
        Starting().ThrowsAsync(Rpc(StatusCode.Unavailable));
        Raising().ThrowsAsync(new OperationCanceledException("by the host"));

        Assert.True((await Assert.ThrowsAsync<OrchestrationUnavailableException>(() => client.StartAsync(Work, "desk_1", "input"))).MayHaveHappened);
        Assert.True((await Assert.ThrowsAsync<OrchestrationUnavailableException>(() => client.RaiseEventAsync("desk_1", "cancel", null))).MayHaveHappened);
    }

    [Theory]
    [InlineData(StatusCode.InvalidArgument)]
    [InlineData(StatusCode.Internal)]
    [InlineData(StatusCode.Unknown)]
    public async Task A_token_that_the_backend_does_not_know_is_the_callers_fault(StatusCode code)
    {
        inner.Setup(c => c.GetAllInstancesAsync(It.IsAny<Microsoft.DurableTask.Client.OrchestrationQuery?>())).Throws(Rpc(code));

        await Assert.ThrowsAsync<ArgumentException>(() => client.ListAsync(new Reel.Orchestration.OrchestrationQuery("desk_", ContinuationToken: "junk")));
        await Assert.ThrowsAsync<OrchestrationUnavailableException>(() => client.ListAsync(new Reel.Orchestration.OrchestrationQuery("desk_")));
    }

    [Theory]
    [InlineData(StatusCode.NotFound, EventOutcome.NotFound)]
    [InlineData(StatusCode.FailedPrecondition, EventOutcome.Finished)]
    public async Task An_event_that_nobody_can_hear_is_an_outcome(StatusCode code, EventOutcome outcome)
    {
        Raising().ThrowsAsync(Rpc(code));

        Assert.Equal(outcome, await client.RaiseEventAsync("desk_1", "cancel", null));
    }

    [Theory]
    [InlineData(StatusCode.NotFound)]
    [InlineData(StatusCode.FailedPrecondition)]
    public async Task What_is_unknown_or_finished_is_not_terminated(StatusCode code)
    {
        Terminating().ThrowsAsync(Rpc(code));

        Assert.False(await client.TerminateAsync("desk_1", "why"));
    }

    [Theory]
    [InlineData(OrchestrationRuntimeStatus.Pending)]
    [InlineData(OrchestrationRuntimeStatus.Running)]
    [InlineData(OrchestrationRuntimeStatus.Suspended)]
    public async Task What_is_not_finished_is_not_purged(OrchestrationRuntimeStatus status)
    {
        // The strict client would throw at a purge: the engine there would do it.
        Getting().ReturnsAsync(new OrchestrationMetadata("Work", "desk_1") { RuntimeStatus = status });

        Assert.False(await client.PurgeAsync("desk_1"));
    }

    [Fact]
    public async Task What_is_unknown_is_not_purged()
    {
        Getting().ReturnsAsync((OrchestrationMetadata?)null);

        Assert.False(await client.PurgeAsync("desk_1"));
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(0, false)] // somebody was faster
    public async Task What_is_finished_is_purged(int count, bool purged)
    {
        Getting().ReturnsAsync(Finished);
        inner.Setup(c => c.PurgeInstanceAsync("desk_1", It.IsAny<CancellationToken>())).ReturnsAsync(new PurgeResult(count));

        Assert.Equal(purged, await client.PurgeAsync("desk_1"));
    }

    [Fact]
    public async Task Only_what_is_finished_and_was_created_before_the_time_is_purged()
    {
        var before = new DateTimeOffset(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);
        List<PurgeInstancesFilter> filters = [];
        inner.Setup(c => c.PurgeAllInstancesAsync(It.IsAny<PurgeInstancesFilter>(), It.IsAny<CancellationToken>()))
            .Callback((PurgeInstancesFilter given, CancellationToken _) => filters.Add(given))
            .ReturnsAsync(new PurgeResult(3));

        Assert.Equal(12, await client.PurgeFinishedAsync(before));

        // Slices that leave no gap, from the time back to the beginning of all.
        Assert.Equal(4, filters.Count);
        Assert.Equal(before.AddTicks(-1), filters[0].CreatedTo);
        Assert.Equal(filters.SkipLast(1).Select(filter => filter.CreatedFrom), filters.Skip(1).Select(filter => filter.CreatedTo + TimeSpan.FromTicks(1)));
        Assert.Equal(DateTimeOffset.UnixEpoch, filters[^1].CreatedFrom);
        Assert.All(filters, filter => Assert.Equal(
            [OrchestrationRuntimeStatus.Completed, OrchestrationRuntimeStatus.Failed, OrchestrationRuntimeStatus.Terminated], filter.Statuses));
    }

    [Fact]
    public async Task Without_a_binding_nothing_is_asked_of_nobody()
    {
        var unbound = new DurableOrchestrationClient(new BoundDurableClient(), TimeProvider.System);

        await Assert.ThrowsAsync<InvalidOperationException>(() => unbound.GetAsync("desk_1"));
    }

    private static OrchestrationMetadata Finished => new("Work", "desk_1") { RuntimeStatus = OrchestrationRuntimeStatus.Completed };

    private static RpcException Rpc(StatusCode code) => new(new Status(code, "as the host says"));

    private Moq.Language.Flow.ISetup<DurableTaskClient, Task<string>> Starting() => inner.Setup(c => c.ScheduleNewOrchestrationInstanceAsync(
        It.IsAny<TaskName>(), It.IsAny<object?>(), It.IsAny<StartOrchestrationOptions?>(), It.IsAny<CancellationToken>()));

    private Moq.Language.Flow.ISetup<DurableTaskClient, Task<OrchestrationMetadata?>> Getting() =>
        inner.Setup(c => c.GetInstanceAsync("desk_1", It.IsAny<bool>(), It.IsAny<CancellationToken>()));

    private Moq.Language.Flow.ISetup<DurableTaskClient, Task> Raising() =>
        inner.Setup(c => c.RaiseEventAsync("desk_1", "cancel", It.IsAny<object?>(), It.IsAny<CancellationToken>()));

    private Moq.Language.Flow.ISetup<DurableTaskClient, Task> Terminating() =>
        inner.Setup(c => c.TerminateInstanceAsync("desk_1", It.IsAny<object?>(), It.IsAny<CancellationToken>()));

    private Moq.Language.Flow.ISetup<DurableTaskClient, Task<PurgeResult>> PurgingAll() =>
        inner.Setup(c => c.PurgeAllInstancesAsync(It.IsAny<PurgeInstancesFilter>(), It.IsAny<CancellationToken>()));
}
