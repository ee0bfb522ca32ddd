using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;
using Moq;
using Reel.Functions.Durable;
using Reel.Orchestration;
using RetryPolicy = Reel.Orchestration.RetryPolicy;
using TaskFailedException = Reel.Orchestration.TaskFailedException;

namespace Reel.Functions.Tests.Durable;

public sealed class OrchestrationContextTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly ActivityName<string, int> Measure = new("Measure");
    private static readonly OrchestrationName<string, int> Nested = new("Nested");

    private readonly Mock<TaskOrchestrationContext> inner = new(MockBehavior.Strict);
    private readonly DurableOrchestrationContext context;
    private TaskOptions? options;

    public OrchestrationContextTests() => context = new DurableOrchestrationContext(inner.Object);

    [Theory]
    [InlineData(DateTimeKind.Utc)]
    [InlineData(DateTimeKind.Unspecified)]
    public void The_time_is_read_as_utc_whatever_its_kind(DateTimeKind kind)
    {
        inner.Setup(c => c.CurrentUtcDateTime).Returns(new DateTime(Noon.Ticks, kind));

        Assert.Equal(Noon, context.UtcNow);
        Assert.Equal(TimeSpan.Zero, context.UtcNow.Offset);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_id_the_replay_and_its_silent_logger_are_the_contexts(bool replaying)
    {
        var logger = Mock.Of<ILogger>();
        inner.Setup(c => c.InstanceId).Returns("desk_1");
        inner.Setup(c => c.IsReplaying).Returns(replaying);
        inner.Setup(c => c.CreateReplaySafeLogger("Reel")).Returns(logger);

        Assert.Equal(("desk_1", replaying), (context.InstanceId, context.IsReplaying));
        Assert.Same(logger, context.CreateReplaySafeLogger("Reel"));
    }

    [Fact]
    public async Task A_timer_is_asked_for_in_utc_from_any_offset_and_later_by_what_storage_cuts_off()
    {
        DateTime asked = default;
        using var stop = new CancellationTokenSource();
        inner.Setup(c => c.CreateTimer(It.IsAny<DateTime>(), stop.Token))
            .Callback((DateTime fireAt, CancellationToken _) => asked = fireAt)
            .Returns(Task.CompletedTask);

        await context.CreateTimer(Noon.ToOffset(TimeSpan.FromHours(5.5)), stop.Token);

        Assert.Equal((Noon.UtcDateTime.AddSeconds(1), DateTimeKind.Utc), (asked, asked.Kind));
    }

    [Fact]
    public async Task A_call_without_a_retry_policy_has_no_options()
    {
        Answer(7);

        Assert.Equal(7, await context.CallAsync(Measure, "x"));
        Assert.Null(options);
    }

    [Fact]
    public async Task A_retry_policy_keeps_its_numbers()
    {
        Answer(7);

        await context.CallAsync(Measure, "x", new RetryPolicy(5, TimeSpan.FromSeconds(2), 3, TimeSpan.FromMinutes(4)));

        var policy = options!.Retry!.Policy!;
        Assert.Equal((5, TimeSpan.FromSeconds(2), 3d), (policy.MaxNumberOfAttempts, policy.FirstRetryInterval, policy.BackoffCoefficient));
        Assert.Equal(TimeSpan.FromMinutes(4), policy.MaxRetryInterval);
        Assert.Equal(Timeout.InfiniteTimeSpan, policy.RetryTimeout);
    }

    [Fact]
    public async Task A_retry_policy_without_a_longest_interval_is_held_to_the_ports_day_and_not_to_the_hour_there()
    {
        Answer(7);
        var policy = new RetryPolicy(100, TimeSpan.FromSeconds(2));

        await context.CallAsync(Measure, "x", policy);

        Assert.Equal(policy.IntervalAfter(99), options!.Retry!.Policy!.MaxRetryInterval);
    }

    [Theory]
    [InlineData("broken", "broken")]
    [InlineData("broken\nat some line\nat another", "broken")]
    [InlineData("broken\r\nat some line", "broken")]
    [InlineData("\n  broken  \nat some line", "broken")]
    public async Task A_failed_activity_arrives_with_the_first_line_and_nothing_of_the_stack(string message, string reason)
    {
        Fail(new TaskFailureDetails("Some.Exception", message, "   at Secret.Place()", null, null));

        var failure = await Assert.ThrowsAsync<TaskFailedException>(() => context.CallAsync(Measure, "x"));

        Assert.Equal(("Measure", reason), (failure.TaskName, failure.Reason));
        Assert.Equal($"'Measure' failed: {reason}", failure.Message);
    }

    [Fact]
    public async Task A_failure_without_details_tells_what_its_message_tells()
    {
        Fail(null);

        var failure = await Assert.ThrowsAsync<TaskFailedException>(() => context.CallAsync(Measure, "x"));

        Assert.Equal("Measure", failure.TaskName);
        Assert.StartsWith("Task 'Measure' (#3) failed", failure.Reason);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_failed_sub_orchestration_arrives_like_a_failed_activity(bool terminated)
    {
        var details = terminated ? null : new TaskFailureDetails("Some.Exception", "broken\nat some line", null, null, null);
        inner.Setup(c => c.CallSubOrchestratorAsync<int>(It.IsAny<TaskName>(), It.IsAny<object?>(), It.IsAny<TaskOptions?>()))
            .ThrowsAsync(new Microsoft.DurableTask.TaskFailedException("Nested", 3, details!));

        var failure = await Assert.ThrowsAsync<TaskFailedException>(() => context.CallAsync(Nested, "sub", "x"));

        Assert.Equal("Nested", failure.TaskName);
        Assert.StartsWith(terminated ? "Task 'Nested' (#3) failed" : "broken", failure.Reason);
        Assert.DoesNotContain('\n', failure.Reason);
    }

    [Fact]
    public async Task A_sub_orchestration_gets_the_id_that_was_asked_for_and_is_not_retried()
    {
        inner.Setup(c => c.CallSubOrchestratorAsync<int>(It.Is<TaskName>(name => name.Name == "Nested"), "x", It.IsAny<TaskOptions?>()))
            .Callback((TaskName _, object? _, TaskOptions? given) => options = given)
            .ReturnsAsync(9);

        Assert.Equal(9, await context.CallAsync(Nested, "_desk_1", "x"));

        var asked = Assert.IsType<SubOrchestrationOptions>(options);
        Assert.Equal(("_desk_1", null), (asked.InstanceId, asked.Retry));
    }

    [Fact]
    public async Task A_wait_for_an_event_cannot_be_cancelled_since_it_would_swallow_the_next()
    {
        inner.Setup(c => c.WaitForExternalEvent<string>("cancel", CancellationToken.None)).ReturnsAsync("now");

        Assert.Equal("now", await context.WaitForEvent<string>("cancel"));
    }

    [Fact]
    public void Continuing_as_new_keeps_the_events_not_heard_yet()
    {
        inner.Setup(c => c.ContinueAsNew("next", true));

        context.ContinueAsNew("next");

        inner.Verify(c => c.ContinueAsNew("next", true), Times.Once);
    }

    [Fact]
    public void A_custom_status_is_handed_on_as_it_is()
    {
        var status = new { Stage = "rendering" };
        inner.Setup(c => c.SetCustomStatus(status));

        context.SetCustomStatus(status);

        inner.Verify(c => c.SetCustomStatus(status), Times.Once);
    }

    private void Answer(int length) => inner
        .Setup(c => c.CallActivityAsync<int>(It.Is<TaskName>(name => name.Name == "Measure"), "x", It.IsAny<TaskOptions?>()))
        .Callback((TaskName _, object? _, TaskOptions? given) => options = given)
        .ReturnsAsync(length);

    private void Fail(TaskFailureDetails? details) => inner
        .Setup(c => c.CallActivityAsync<int>(It.IsAny<TaskName>(), It.IsAny<object?>(), It.IsAny<TaskOptions?>()))
        .ThrowsAsync(new Microsoft.DurableTask.TaskFailedException("Measure", 3, details!));
}
