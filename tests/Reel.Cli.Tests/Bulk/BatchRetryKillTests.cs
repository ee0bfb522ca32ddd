using Reel.EndToEnd.Tests.Azurite;

namespace Reel.Cli.Tests.Bulk;

/// <summary>Lines that FAILED are ordered again once in a round, whatever is killed when.</summary>
public sealed class BatchRetryKillTests
{
    private readonly RetryDesk desk = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Killed_between_what_is_written_down_and_the_order_it_is_ordered_once_by_the_same_key(bool isHeard)
    {
        await desk.RunAsync();
        desk.Server.Dies = isHeard ? Death.AfterTheOrder : Death.BeforeTheOrder;
        await Assert.ThrowsAnyAsync<Exception>(() => desk.RunAsync(failed: true, charged: true));
        desk.Server.Dies = Death.Never;

        var results = await desk.RunAsync(failed: true, charged: true);

        Assert.Equal(2, desk.Server.Orders.Count); // The server knows a key that it has heard.
        Assert.Equal(3, desk.Server.Calls);
        Assert.All(results, result => Assert.Equal(desk.Server.Orders[1].Batch, result.BatchId));
    }

    [Fact]
    public async Task A_plain_run_after_a_kill_goes_on_with_what_was_written_down()
    {
        await desk.RunAsync();
        desk.Server.Dies = Death.BeforeTheOrder;
        await Assert.ThrowsAnyAsync<Exception>(() => desk.RunAsync(failed: true));
        desk.Server.Dies = Death.Never;

        var results = await desk.RunAsync();
        await desk.RunAsync();

        Assert.Equal(["1 2 3", "1"], desk.Server.Orders.Select(order => order.Lines));
        Assert.Equal("batch-2", results[0].BatchId);
    }

    [Fact]
    public async Task Killed_after_a_line_has_failed_again_the_same_run_does_not_order_it_a_third_time()
    {
        await desk.RunAsync();
        desk.Server.Dies = Death.AfterTheOrder;
        await Assert.ThrowsAnyAsync<Exception>(() => desk.RunAsync(failed: true));
        desk.Server.Dies = Death.Never;

        await desk.RunAsync(failed: true);
        Assert.Equal(2, desk.Server.Orders.Count);
        await desk.RunAsync(failed: true);

        Assert.Equal(["1 2 3", "1", "1"], desk.Server.Orders.Select(order => order.Lines));
    }

    [Fact]
    public async Task Killed_after_it_was_written_down_that_a_line_has_failed_again_the_same_run_goes_on_with_its_round()
    {
        await desk.RunAsync();
        var looks = 0;
        desk.Server.Slow = 2;
        desk.Server.Look = async batch =>
        {
            if (batch != "batch-2" || ++looks < 2) return;
            await Wait.UntilAsync(() => new[] { "00000001-0001", "00000003-0001" }.All(desk.ResultsText.Contains), "two lines that have failed again", 120);
            throw new InvalidOperationException("killed");
        };
        await Assert.ThrowsAsync<InvalidOperationException>(() => desk.RunAsync(failed: true, charged: true));
        (desk.Server.Slow, desk.Server.Look) = (null, null);

        var results = await desk.RunAsync(failed: true, charged: true);

        Assert.Equal(["1 2 3", "1 2 3"], desk.Server.Orders.Select(order => order.Lines));
        Assert.All(results, result => Assert.Equal("batch-2", result.BatchId));
        Assert.Contains("Going on with what was ordered again. 2 lines of it have FAILED anew;", desk.Talk, StringComparison.Ordinal);
        Assert.DoesNotContain("No line has FAILED", desk.Talk, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Killed_before_it_was_told_how_a_round_has_ended_the_same_run_orders_nothing_and_tells_it()
    {
        await desk.RunAsync();
        desk.DiesTelling = true;
        await Assert.ThrowsAsync<InvalidOperationException>(() => desk.RunAsync(failed: true, charged: true));
        desk.DiesTelling = false;

        await desk.RunAsync(failed: true, charged: true);

        Assert.Equal(2, desk.Server.Orders.Count);
        Assert.Null(desk.State.OpenRound);
        Assert.Contains("0 of 3 videos are in ", desk.Talk, StringComparison.Ordinal);
    }
}
