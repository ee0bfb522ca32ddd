using Reel.Cli.Bulk;
using Reel.Cli.Commands;
using Reel.Cli.Terminal;
using Reel.Client;

namespace Reel.Cli.Tests.Bulk;

/// <summary>Lines that FAILED and are ordered again: which, and what is said of it.</summary>
public sealed class BatchRetryTests
{
    private readonly RetryDesk desk = new();

    [Fact]
    public async Task A_plain_run_orders_nothing_again()
    {
        await desk.RunAsync();

        var results = await desk.RunAsync();

        Assert.Equal(["FAILED", "FAILED", "FAILED"], results.Select(result => result.Status));
        Assert.Single(desk.Server.Orders);
    }

    [Fact]
    public async Task Ordered_again_are_those_that_were_not_charged_and_the_others_only_when_that_is_said_too()
    {
        await desk.RunAsync();

        await desk.RunAsync(failed: true);
        var results = await desk.RunAsync(failed: true, charged: true);

        Assert.Equal(["1 2 3", "1", "1 2 3"], desk.Server.Orders.Select(order => order.Lines));
        Assert.Contains("Ordered again: line 1.", desk.Talk, StringComparison.Ordinal);
        Assert.Contains("Not ordered again, since they were charged or may have been: lines 2-3.", desk.Talk, StringComparison.Ordinal);
        Assert.Equal(3, desk.Server.Orders.Select(order => order.Key).Distinct().Count());
        Assert.Equal([2, 1, 1], results.Select(result => result.Earlier?.Count ?? 0));
    }

    [Fact]
    public async Task What_is_rendered_in_the_end_counts_what_was_paid_before_and_is_not_ordered_again()
    {
        await desk.RunAsync();
        desk.Server.Fails = false;

        var results = await desk.RunAsync(failed: true, charged: true);
        await desk.RunAsync(failed: true, charged: true);

        Assert.All(results, result => Assert.Equal("COMPLETED", result.Status));
        Assert.Equal([1m, 3m, 1m], results.Select(result => result.TotalCost)); // 2 was charged, though it FAILED
        Assert.Equal("submit_outcome_unknown", Assert.Single(results[2].Earlier!).ErrorCode);
        Assert.Equal(2, desk.Server.Orders.Count);
    }

    [Fact]
    public async Task A_line_whose_request_was_sent_again_by_hand_is_left_out()
    {
        await desk.RunAsync();
        desk.Server.Resubmitted = true;

        await desk.RunAsync(failed: true, charged: true);

        Assert.Equal(["1 2 3", "1 2"], desk.Server.Orders.Select(order => order.Lines));
        Assert.Contains("Line 3 was sent again already, as ", desk.Talk, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_server_does_not_take_again_stays_what_it_was()
    {
        await desk.RunAsync();
        desk.Server.Refuses = true;

        var results = await desk.RunAsync(failed: true, skipInvalid: true);

        Assert.Equal(["FAILED", "FAILED", "FAILED"], results.Select(result => result.Status));
        Assert.Contains("Line 1 is not ordered again: model is no more", desk.Talk, StringComparison.Ordinal);
        Assert.DoesNotContain("Ordered again", desk.Talk, StringComparison.Ordinal);
        using var folder = BatchFolder.Open(desk.Path);
        Assert.Single(folder.State!.Chunks);
    }

    [Fact]
    public async Task A_line_whose_request_is_not_there_any_more_is_left_out_since_it_may_have_been_sent_again()
    {
        await desk.RunAsync();
        desk.Server.Deleted = true;

        await desk.RunAsync(failed: true, charged: true);

        Assert.Equal(["1 2 3", "1 2"], desk.Server.Orders.Select(order => order.Lines));
        Assert.Contains("the server does not know their requests any more, and they may have been sent again: line 3.", desk.Talk, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_line_whose_request_was_never_seen_is_left_out_and_not_spoken_of_as_one_that_can_be_ordered_again()
    {
        await desk.RunAsync();
        using (var folder = BatchFolder.Open(desk.Path)) folder.Add(new BatchResult(2, BatchResult.Failed, "", "batch-1", ErrorCode: "not_found"));

        await desk.RunAsync(failed: true, charged: true);

        Assert.Equal(["1 2 3", "1 3"], desk.Server.Orders.Select(order => order.Lines));
        Assert.Contains("they may have been sent again: line 2.", desk.Talk, StringComparison.Ordinal);
        Assert.Contains("1 that FAILED was charged, or may have been.", desk.Talk, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_a_changed_line_nothing_is_ordered_no_round_is_begun_and_the_way_out_is_said()
    {
        await desk.RunAsync();
        var said = desk.Talk;
        desk.Input = """
            {"n": 1, "changed": true}
            {"n": 2}
            {"n": 3}
            """;

        var refused = await Assert.ThrowsAsync<CommandException>(() => desk.RunAsync(failed: true, charged: true));

        Assert.Contains("leave it as it was and append the changed one as a new line.", refused.Message, StringComparison.Ordinal);
        Assert.Equal(said, desk.Talk);
        Assert.Single(desk.Server.Orders);
        Assert.Null(desk.State.OpenRound);
    }

    [Fact]
    public async Task A_new_line_that_is_refused_keeps_no_other_from_being_ordered_again_in_this_round_and_the_next()
    {
        await desk.RunAsync();
        desk.Input += """

            {"n": 4, "bad": true}
            """;

        var refused = await Assert.ThrowsAsync<CommandException>(() => desk.RunAsync(failed: true));
        await Assert.ThrowsAsync<CommandException>(() => desk.RunAsync(failed: true));

        Assert.Contains("line 4: prompt is wrong\nLine 4 was not sent.", refused.Message, StringComparison.Ordinal);
        Assert.Equal(["1 2 3", "1", "1"], desk.Server.Orders.Select(order => order.Lines));
        Assert.Contains("Ordered again: line 1.", desk.Talk, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_round_that_a_limit_has_stopped_stays_open_and_is_not_said_to_be_ordered()
    {
        await desk.RunAsync();
        desk.Server.DayIsSpent = true;

        await Assert.ThrowsAsync<ReelException>(() => desk.RunAsync(failed: true));

        Assert.DoesNotContain("Ordered again", desk.Talk, StringComparison.Ordinal);
        Assert.Equal(2, desk.State.OpenRound);
        Assert.Single(desk.State.Chunks);
    }

    [Fact]
    public async Task Where_nothing_was_sent_yet_nothing_is_said_of_ordering_again()
    {
        await desk.RunAsync(failed: true);

        Assert.DoesNotContain("No line ", desk.Talk, StringComparison.Ordinal);
        Assert.DoesNotContain("Going on", desk.Talk, StringComparison.Ordinal);
        Assert.Single(desk.Server.Orders);
    }

    [Fact]
    public async Task What_is_not_known_yet_is_not_said_to_be_fine()
    {
        desk.Server.Dies = Death.AfterTheOrder;
        await Assert.ThrowsAnyAsync<Exception>(() => desk.RunAsync());
        desk.Server.Dies = Death.Never;

        await desk.RunAsync(failed: true);

        Assert.Contains("No line is known to have FAILED; what became of lines 1-3 is still to be learned.", desk.Talk, StringComparison.Ordinal);
        Assert.Single(desk.Server.Orders);
    }

    [Fact]
    public async Task Where_all_is_well_it_is_said_that_nothing_is_to_be_ordered_again()
    {
        desk.Server.IsWell = true;
        await desk.RunAsync();

        await desk.RunAsync(failed: true);

        Assert.Contains("No line has FAILED that could be ordered again.", desk.Talk, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_summary_says_which_lines_nobody_knows_about_what_to_look_at_and_how_to_go_on()
    {
        var results = await desk.RunAsync();

        using var talk = new StringWriter();
        using var screen = new Screen(isJson: false, TextWriter.Null, talk, isTerminal: false, isLive: false);
        var code = BatchSummary.Write(screen, "out", results);

        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("It is not known whether the provider took line 3: ", talk.ToString(), StringComparison.Ordinal);
        Assert.Contains("1 that FAILED was not charged. To order it again, run it once more with --retry-failed.", talk.ToString(), StringComparison.Ordinal);
        Assert.Contains("2 that FAILED were charged, or may have been.", talk.ToString(), StringComparison.Ordinal);
        Assert.Contains("--retry-failed --retry-charged", talk.ToString(), StringComparison.Ordinal);
        Assert.Contains("To change it, leave it and append the changed one to the input as a new line.", talk.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("line 3", 3)]
    [InlineData("lines 3-4", 4, 3)]
    [InlineData("lines 1, 3-5, 9", 1, 3, 4, 5, 9)]
    public void Lines_are_shown_in_ranges(string shown, params int[] lines) => Assert.Equal(shown, LineRanges.Of(lines));
}
