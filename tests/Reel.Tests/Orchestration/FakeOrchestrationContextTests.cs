using Reel.Orchestration;

namespace Reel.Tests.Orchestration;

public sealed class FakeOrchestrationContextTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly ActivityName<int, int> Double = new("Double");

    [Fact]
    public void Timers_move_the_clock_and_an_event_in_between_wins()
    {
        var context = new FakeOrchestrationContext(Noon).RaiseAt(Noon.AddMinutes(3), "cancel", "enough");

        var heard = context.Run(
            async (c, minutes) =>
            {
                using var stop = new CancellationTokenSource();
                var timer = c.CreateTimer(c.UtcNow.AddMinutes(minutes), stop.Token);
                var cancel = c.WaitForEvent<string>("CANCEL");
                var first = await Task.WhenAny(timer, cancel);
                stop.Cancel();
                return (first == cancel ? await cancel : "timer") + (timer.IsCanceled ? ", timer cancelled" : "");
            },
            10);

        Assert.Equal("enough, timer cancelled", heard);
        Assert.Equal(Noon.AddMinutes(3), context.UtcNow);
    }

    [Fact]
    public void A_failing_activity_is_run_as_often_as_its_policy_says()
    {
        var runs = 0;
        var context = new FakeOrchestrationContext(Noon)
            .On(Double, n => ++runs < 3 ? throw new IOException("not yet\nsecond line") : n * 2, TimeSpan.FromSeconds(1));

        var result = context.Run((c, n) => c.CallAsync(Double, n, new RetryPolicy(3, TimeSpan.FromSeconds(10))), 21);

        Assert.Equal(42, result);
        Assert.Equal([Noon, Noon.AddSeconds(11), Noon.AddSeconds(32)], context.Calls.Select(call => call.At));
    }

    [Fact]
    public void A_failure_keeps_the_first_line_of_its_message()
    {
        var context = new FakeOrchestrationContext(Noon).On(Double, int (_) => throw new IOException("broken\nsecond line"));

        var e = Assert.Throws<TaskFailedException>(() => context.Run((c, n) => c.CallAsync(Double, n), 1));

        Assert.Equal("broken", e.Reason);
    }

    [Fact]
    public void An_event_that_came_before_anyone_waited_is_kept()
    {
        var context = new FakeOrchestrationContext(Noon).RaiseAt(Noon, "go", 7);

        var heard = context.Run(
            async (c, _) =>
            {
                await c.CreateTimer(c.UtcNow.AddHours(1));
                return await c.WaitForEvent<int>("go");
            },
            0);

        Assert.Equal(7, heard);
    }

    [Fact]
    public void Waiting_for_a_task_from_elsewhere_is_an_error()
    {
        var elsewhere = new TaskCompletionSource<int>();

        Assert.Throws<InvalidOperationException>(() => new FakeOrchestrationContext(Noon).Run((_, _) => elsewhere.Task, 0));
    }
}
