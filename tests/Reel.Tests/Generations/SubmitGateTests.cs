using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Reel.Generations;
using Reel.Segmind;
using Reel.Tests.Segmind;

namespace Reel.Tests.Generations;

public sealed class SubmitGateTests : IDisposable
{
    private readonly ManualClock clock = new();
    private readonly SubmitGate gate;

    public SubmitGateTests() => gate = Create(4);

    public void Dispose() => gate.Dispose();

    [Fact]
    public async Task As_many_as_the_setting_says_are_let_in_and_the_next_when_one_is_done()
    {
        var inside = await EnterAsync(4);

        var fifth = gate.EnterAsync(CancellationToken.None);
        Assert.False(fifth.IsCompleted);

        inside[2].Dispose();
        using var next = await fifth;
        Assert.Null(next.HeldBack);
    }

    [Fact]
    public async Task Who_will_not_wait_is_let_in_where_there_is_room_and_ahead_of_nobody()
    {
        var inside = await EnterAsync(3);
        using var fourth = gate.TryEnter();
        Assert.NotNull(fourth);
        Assert.Null(gate.TryEnter());

        var waiting = gate.EnterAsync(CancellationToken.None);
        Assert.Null(gate.TryEnter());
        inside[0].Dispose();
        using var next = await waiting;
        Assert.Null(gate.TryEnter());
        next.Dispose();
        using var last = gate.TryEnter();
        Assert.NotNull(last);
    }

    [Fact]
    public void Who_will_not_wait_is_not_let_in_at_the_rate_limit()
    {
        gate.Heard(new SubmitOutcome(SubmitKind.RateLimited, RetryAt: clock.GetUtcNow().AddSeconds(30)));

        Assert.Null(gate.TryEnter());
    }

    [Fact]
    public async Task First_come_is_first_served()
    {
        using var narrow = Create(8);
        var inside = new List<SubmitEntry>();
        for (var i = 0; i < 8; i++) inside.Add(await narrow.EnterAsync(CancellationToken.None));
        var waiting = Enumerable.Range(0, 4).Select(_ => narrow.EnterAsync(CancellationToken.None)).ToList();

        for (var i = 0; i < waiting.Count; i++)
        {
            inside[i].Dispose();
            await waiting[i];
            Assert.All(waiting[(i + 1)..], later => Assert.False(later.IsCompleted));
        }
    }

    [Fact]
    public async Task Half_as_many_may_wait_and_the_others_are_sent_away_at_once()
    {
        await EnterAsync(4);
        var waiting = Enumerable.Range(0, 2).Select(_ => gate.EnterAsync(CancellationToken.None)).ToList();

        var seventh = await gate.EnterAsync(CancellationToken.None);

        AssertHeldBack(seventh, clock.GetUtcNow().AddSeconds(1));
        Assert.All(waiting, entry => Assert.False(entry.IsCompleted));
    }

    [Fact]
    public async Task A_wait_ends_after_half_a_minute_and_leaves_the_place_to_others()
    {
        var inside = await EnterAsync(4);
        var waiting = gate.EnterAsync(CancellationToken.None);

        clock.Forward(SubmitGate.LongestWait);

        AssertHeldBack(await waiting, clock.GetUtcNow().AddSeconds(1));
        inside[0].Dispose();
        Assert.Null((await gate.EnterAsync(CancellationToken.None)).HeldBack);
    }

    [Fact]
    public async Task A_host_that_stops_ends_the_wait_and_the_place_is_not_lost()
    {
        var inside = await EnterAsync(4);
        using var stopping = new CancellationTokenSource();
        var waiting = gate.EnterAsync(stopping.Token);

        stopping.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        inside[0].Dispose();
        Assert.Null((await gate.EnterAsync(CancellationToken.None)).HeldBack);
    }

    [Fact]
    public async Task A_place_is_given_back_once_however_often_that_is_said()
    {
        var inside = await EnterAsync(4);
        inside[0].Dispose();
        inside[0].Dispose();

        Assert.Null((await gate.EnterAsync(CancellationToken.None)).HeldBack);
        Assert.False(gate.EnterAsync(CancellationToken.None).IsCompleted);
    }

    [Fact]
    public async Task After_a_refusal_for_the_rate_limit_nobody_is_let_in_until_the_reset()
    {
        var reset = clock.GetUtcNow().AddSeconds(20);
        using var inside = await gate.EnterAsync(CancellationToken.None);
        gate.Heard(RateLimited(reset));
        gate.Heard(RateLimited(reset.AddSeconds(-10))); // An older answer that came late changes nothing.

        AssertHeldBack(await gate.EnterAsync(CancellationToken.None), reset);
        clock.Forward(TimeSpan.FromSeconds(20));
        Assert.Null((await gate.EnterAsync(CancellationToken.None)).HeldBack);
    }

    [Fact]
    public async Task Who_was_waiting_when_the_refusal_came_is_not_let_in_either_and_gives_its_place_back()
    {
        var inside = await EnterAsync(4);
        var waiting = gate.EnterAsync(CancellationToken.None);
        var reset = clock.GetUtcNow().AddSeconds(20);

        gate.Heard(RateLimited(reset));
        inside[0].Dispose();

        AssertHeldBack(await waiting, reset);
        clock.Forward(TimeSpan.FromSeconds(20));
        Assert.Null((await gate.EnterAsync(CancellationToken.None)).HeldBack);
    }

    [Fact]
    public async Task A_far_reset_closes_the_gate_for_a_minute_at_a_time()
    {
        gate.Heard(RateLimited(clock.GetUtcNow().AddMinutes(25)));

        AssertHeldBack(await gate.EnterAsync(CancellationToken.None), clock.GetUtcNow() + SubmitGate.LongestPause);
    }

    [Fact]
    public async Task A_clock_that_is_set_back_opens_the_gate_and_the_next_refusal_closes_it_again()
    {
        gate.Heard(RateLimited(clock.GetUtcNow().AddSeconds(20)));
        clock.Forward(TimeSpan.FromHours(-3));

        using (var entry = await gate.EnterAsync(CancellationToken.None)) Assert.Null(entry.HeldBack);

        var reset = clock.GetUtcNow().AddSeconds(10);
        gate.Heard(RateLimited(reset));
        AssertHeldBack(await gate.EnterAsync(CancellationToken.None), reset);
    }

    [Theory]
    [InlineData(-60)]
    [InlineData(3_600)]
    [InlineData(null)]
    public async Task A_reset_time_that_makes_no_sense_closes_nothing(int? seconds)
    {
        gate.Heard(RateLimited(seconds is { } s ? clock.GetUtcNow().AddSeconds(s) : null));
        gate.Heard(new SubmitOutcome(SubmitKind.NotAccepted, Error: "502", RetryAt: clock.GetUtcNow().AddSeconds(20)));

        using var entry = await gate.EnterAsync(CancellationToken.None);
        Assert.Null(entry.HeldBack);
    }

    [Fact]
    public async Task Hundreds_at_once_never_exceed_the_limit_and_each_gets_an_answer()
    {
        var (inside, most, let) = (0, 0, 0);
        await Task.WhenAll(Enumerable.Range(0, 400).Select(async _ =>
        {
            await Task.Yield();
            using var entry = await gate.EnterAsync(CancellationToken.None);
            if (entry.HeldBack is not null) return;
            var now = Interlocked.Increment(ref inside);
            InterlockedMax(ref most, now);
            await Task.Yield();
            Interlocked.Decrement(ref inside);
            Interlocked.Increment(ref let);
        }));

        Assert.InRange(most, 1, 4);
        Assert.InRange(let, 4, 400);
        Assert.Equal(4, (await EnterAsync(4)).Count);
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = Volatile.Read(ref target); seen < value;)
        {
            var before = Interlocked.CompareExchange(ref target, value, seen);
            if (before == seen) return;
            seen = before;
        }
    }

    private static void AssertHeldBack(SubmitEntry entry, DateTimeOffset retryAt)
    {
        Assert.Equal((SubmitKind.Pending, true, retryAt), entry.HeldBack is { } outcome ? (outcome.Kind, outcome.HeldBack, outcome.RetryAt!.Value) : default);
        Assert.NotEmpty(entry.HeldBack!.Error!);
    }

    private static SubmitOutcome RateLimited(DateTimeOffset? reset) => new(SubmitKind.RateLimited, Error: "slow down", RetryAt: reset);

    private SubmitGate Create(int places) =>
        new(Options.Create(new SegmindOptions { MaxConcurrentSubmits = places }), clock, NullLogger<SubmitGate>.Instance);

    private async Task<List<SubmitEntry>> EnterAsync(int count)
    {
        var entries = new List<SubmitEntry>();
        for (var i = 0; i < count; i++) entries.Add(await gate.EnterAsync(CancellationToken.None));
        Assert.All(entries, entry => Assert.Null(entry.HeldBack));
        return entries;
    }
}
