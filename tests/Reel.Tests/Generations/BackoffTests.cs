using Reel.Generations;

namespace Reel.Tests.Generations;

public sealed class BackoffTests
{
    [Fact]
    public void Waits_double_up_to_the_most_and_spread_by_a_quarter()
    {
        var (first, most) = (TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(60));
        double[] expected = [2, 4, 8, 16, 32, 60, 60];
        for (var attempt = 1; attempt <= expected.Length; attempt++)
            Assert.InRange(Backoff.After("one", attempt, first, most).TotalSeconds, expected[attempt - 1], expected[attempt - 1] * 1.25);

        Assert.InRange(Backoff.After("one", int.MaxValue, first, most).TotalSeconds, 60, 75);
    }

    [Fact]
    public void The_spread_is_even_over_requests_and_the_same_on_every_replay()
    {
        var spreads = Enumerable.Range(0, 10_000).Select(i => Backoff.Spread($"request-{i}", 1)).ToList();

        Assert.Equal(spreads, Enumerable.Range(0, 10_000).Select(i => Backoff.Spread($"request-{i}", 1)));
        Assert.All(Enumerable.Range(0, 10), tenth => Assert.InRange(spreads.Count(s => (int)(s * 10) == tenth), 800, 1_200));
    }
}
