using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Reel.Generations;
using Reel.Segmind;
using Reel.Tests.Orchestration;
using Xunit.Abstractions;

namespace Reel.Tests.Generations;

/// <summary>A thousand requests at once, and a provider that takes sixty a minute and says when the next minute begins. In virtual time.</summary>
public sealed class HerdTests(ITestOutputHelper output)
{
    private const int Requests = 1_000;
    private const int PerMinute = 60;

    private static readonly DateTimeOffset Noon = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Each_in_a_process_of_its_own_they_spread_out_until_as_many_come_as_are_let_in()
    {
        var provider = new Provider(saysWhen: true);

        var states = Run(provider, (now, post) => post(now));

        AssertAllCompleted(states, provider);
        Assert.InRange(provider.Refusals, 0, 5 * Requests);
        Assert.InRange(provider.MostInASecond(after: Noon.AddMinutes(3)), 1, 30);
    }

    [Fact]
    public void Without_a_word_on_when_they_spread_out_as_well()
    {
        var provider = new Provider(saysWhen: false);

        var states = Run(provider, (now, post) => post(now));

        AssertAllCompleted(states, provider);
        Assert.InRange(provider.Refusals, 0, 6 * Requests);
    }

    [Fact]
    public void In_one_process_a_refusal_speaks_for_all_and_hardly_anything_is_sent_in_vain()
    {
        var provider = new Provider(saysWhen: true);
        var clock = new Clock();
        using var gate = new SubmitGate(Options.Create(new SegmindOptions { MaxConcurrentSubmits = 16 }), clock, NullLogger<SubmitGate>.Instance);

        var states = Run(provider, (now, post) =>
        {
            clock.Now = now;
            using var entry = gate.EnterAsync(CancellationToken.None).GetAwaiter().GetResult(); // There is always room: a post takes no time here.
            if (entry.HeldBack is { } heldBack) return heldBack;
            var outcome = post(now);
            gate.Heard(outcome);
            return outcome;
        });

        AssertAllCompleted(states, provider);
        Assert.InRange(provider.Refusals, 1, 60);
    }

    /// <summary>Runs all of them, one thing at a time, in the order of their times.</summary>
    private static List<GenerationState> Run(Provider provider, Func<DateTimeOffset, Func<DateTimeOffset, SubmitOutcome>, SubmitOutcome> submit)
    {
        var agenda = new PriorityQueue<FakeOrchestrationContext, (DateTimeOffset, int)>();
        var runs = new List<Task<GenerationState>>();
        for (var i = 0; i < Requests; i++)
        {
            // Ids that are the same in every run of this test, so that its outcome is too.
            var request = new GenerationRequest(
                $"request-{i}", "local", "kling-2.6", "{}", Noon, Noon.AddMinutes(30), new PollSchedule(120, 30, 60), "https://reel.test",
                Steps: GenerationRequest.StepsNow);
            var context = new FakeOrchestrationContext(Noon, $"local_{i}");
            context.On(Activities.Submit, _ => submit(context.UtcNow, provider.Post));
            context.On(Activities.Withdraw, _ => new SubmitOutcome(SubmitKind.NotAccepted, Error: "given up"));
            context.On(Activities.Check, _ => new CheckOutcome(CheckKind.Completed, Url: "https://files.test/one.mp4"));
            context.On(Activities.SaveVideo, _ => new SaveVideoOutcome(new SavedVideo("one.mp4", 1, new string('a', 64), "video/mp4")));
            runs.Add(context.Begin(GenerationOrchestrator.RunAsync, request));
            if (context.Next is { } first) agenda.Enqueue(context, (first, i));
        }

        for (var step = Requests; agenda.TryDequeue(out var context, out _); step++)
        {
            context.Step();
            if (context.Next is { } next) agenda.Enqueue(context, (next, step));
        }

        return [.. runs.Select(run => run.GetAwaiter().GetResult())];
    }

    private void AssertAllCompleted(List<GenerationState> states, Provider provider)
    {
        output.WriteLine($"{provider.Refusals} refusals, the last in after {states.Max(state => state.SubmittedAt) - Noon}");
        Assert.All(states, state => Assert.Equal((GenerationStatus.Completed, Charged.Yes), (state.Status, state.Charged)));
        Assert.Equal(Requests, provider.Accepted);
    }

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = Noon;

        public override DateTimeOffset GetUtcNow() => Now;
    }

    private sealed class Provider(bool saysWhen)
    {
        private readonly Dictionary<DateTimeOffset, int> taken = [];
        private readonly List<DateTimeOffset> posts = [];

        public int Accepted => taken.Values.Sum();

        public int Refusals => posts.Count - Accepted;

        public SubmitOutcome Post(DateTimeOffset now)
        {
            posts.Add(now);
            var minute = now.AddTicks(-(now.UtcTicks % TimeSpan.TicksPerMinute));
            var before = taken.GetValueOrDefault(minute);
            if (before >= PerMinute)
                return new SubmitOutcome(SubmitKind.RateLimited, Error: "slow down", RetryAt: saysWhen ? minute.AddMinutes(1) : null);

            taken[minute] = before + 1;
            return new SubmitOutcome(SubmitKind.Accepted, $"provider-{posts.Count}");
        }

        public int MostInASecond(DateTimeOffset after) =>
            posts.Where(post => post >= after).GroupBy(post => post.ToUnixTimeSeconds()).Max(second => second.Count());
    }
}
