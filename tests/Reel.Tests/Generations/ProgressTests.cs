using Reel.Generations;

namespace Reel.Tests.Generations;

public sealed class ProgressTests
{
    private const double Typical = 120;

    private static readonly DateTimeOffset Start = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    private static readonly GenerationState Rendering = new(GenerationStatus.Processing, Stage.Rendering, SubmittedAt: Start);

    private static readonly GenerationState Saving = Rendering with { Stage = Stage.Saving, RenderedAt = Start };

    [Fact]
    public void It_never_goes_back_and_is_never_whole_before_the_end()
    {
        foreach (var state in (GenerationState[])[Rendering, Saving])
        {
            var last = -1.0;
            foreach (var age in Enumerable.Range(0, 4_000).Select(i => i * 0.5).Concat([1e5, 1e7, 1e9]))
            {
                var progress = At(state, age);
                Assert.InRange(progress.Fraction, last, 0.999);
                Assert.InRange(progress.SecondsLeft, 1, int.MaxValue);
                last = progress.Fraction;
            }
        }

        Assert.True(At(Rendering, 1e9).Fraction <= At(Saving, 0).Fraction);
    }

    [Fact]
    public void A_typical_render_goes_on_evenly_and_a_late_one_ever_more_slowly()
    {
        double[] steps = [.. Enumerable.Range(0, 30).Select(i => At(Rendering, 10 * (i + 1)).Fraction - At(Rendering, 10 * i).Fraction)];

        Assert.All(steps[..9], step => Assert.Equal(0.95 * 10 / Typical, step, 0.0021));
        for (var i = 10; i < steps.Length; i++) Assert.True(steps[i] <= steps[i - 1] + 0.0011, $"Step {i} is {steps[i]} after {steps[i - 1]}.");
        Assert.Equal(0.855, At(Rendering, Typical).Fraction, 0.002);
    }

    [Fact]
    public void What_is_left_is_the_typical_time_less_that_gone_and_grows_when_it_is_late()
    {
        Assert.Equal(123, At(Rendering, 0).SecondsLeft);
        Assert.Equal(63, At(Rendering, 60).SecondsLeft);
        Assert.True(At(Rendering, 600).SecondsLeft > At(Rendering, 300).SecondsLeft);
    }

    [Fact]
    public void What_waits_to_be_submitted_is_at_none_and_what_has_failed_has_none()
    {
        var waiting = new GenerationState(GenerationStatus.Queued, Stage.WaitingForCapacity, Trouble: "busy", RetryAt: Start.AddSeconds(40));

        Assert.Equal(new Progress(0, 163), At(waiting, 0));
        Assert.Equal(new Progress(1, 0), At(Saving with { Status = GenerationStatus.Completed, Stage = Stage.Done }, 0));
        Assert.Null(Progress.At(Of(Rendering with { Status = GenerationStatus.Failed, Stage = Stage.Done }), Start));
    }

    [Fact]
    public void A_clock_that_is_behind_makes_nothing_negative() => Assert.Equal(new Progress(0, 123), At(Rendering, -50));

    [Fact]
    public void A_caller_is_told_to_ask_again_when_Reel_has_asked_again()
    {
        Assert.Equal(TimeSpan.FromSeconds(4), Ask(Rendering, 0));
        Assert.Equal(TimeSpan.FromSeconds(20), Ask(Rendering, 60));
        Assert.Equal(TimeSpan.FromSeconds(60), Ask(Rendering with { RetryAt = Start.AddHours(1) }, 0));
        Assert.Equal(TimeSpan.FromSeconds(1), Ask(GenerationState.Accepted, 0));
        Assert.Equal(TimeSpan.FromSeconds(1), Ask(Rendering with { RetryAt = Start }, 10));
    }

    [Fact]
    public void Renders_that_were_seen_count_for_more_than_the_page()
    {
        var expected = Of(Rendering) with { Request = Of(Rendering).Request with { ExpectedSeconds = 12 } };

        Assert.Equal(9, Progress.At(expected, Start.AddSeconds(6))!.SecondsLeft);
    }

    private static Progress At(GenerationState state, double seconds) => Progress.At(Of(state), Start.AddSeconds(seconds))!;

    private static TimeSpan Ask(GenerationState state, double seconds) => Progress.AskAgainAfter(Of(state), Start.AddSeconds(seconds));

    private static Generation Of(GenerationState state) => new(
        new GenerationRequest("one", "desk", "kling-2.6", "{}", Start, Start.AddMinutes(30), new PollSchedule(Typical, 4, 60), "http://reel.test"), state);
}
