using Reel.Batches;
using Reel.Generations;
using Reel.Limits;

namespace Reel.Tests.Limits;

public sealed class CallerLedgerTests
{
    private const string Kling26 = "kling-2.6"; // up to $1.75
    private const string Text = "kling-1.6-text2video"; // up to $1.96
    private const string Image = "kling-1.6-image2video"; // no published price

    private DateTimeOffset now = new(2026, 11, 5, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Without_limits_nothing_is_refused()
    {
        var ledger = Ledger(new CallerLimit());
        Admit(ledger, Items(10_000));

        Assert.Null(ledger.Check(Items(1_000), now));
    }

    [Fact]
    public void Requests_per_minute_are_free_again_a_minute_after_the_oldest()
    {
        var ledger = Ledger(new CallerLimit { RequestsPerMinute = 3 });
        var first = now;
        Admit(ledger, Items(1));
        now += TimeSpan.FromSeconds(20);
        Admit(ledger, Items(2));

        now += TimeSpan.FromSeconds(39);
        var refusal = ledger.Check(Items(1), now);
        var two = ledger.Check(Items(2), now);

        Assert.Equal(new LimitRefusal(LimitKind.RequestsPerMinute, 3, 3, 1, first.AddSeconds(60)), refusal);
        Assert.Equal(first.AddSeconds(80), two!.FreeAt);
        now += TimeSpan.FromSeconds(1);
        ledger.Advance(now);
        Assert.Null(ledger.Check(Items(1), now));
        Assert.NotNull(ledger.Check(Items(2), now));
    }

    [Fact]
    public void What_is_let_in_is_in_flight_until_it_is_seen_to_have_ended()
    {
        var ledger = Ledger(new CallerLimit { InFlight = 2 });
        var items = Items(2);
        Admit(ledger, items);

        var refusal = ledger.Check(Items(1), now);
        Assert.Equal((LimitKind.InFlight, 2m, 2m, 1m), (refusal!.Kind, refusal.Limit, refusal.Used, refusal.Asked));
        Assert.Equal(now + TimeSpan.FromSeconds(123.28), refusal.FreeAt);

        ledger.Observe(Usage(items[0], UsageOutcome.Open), now);
        Assert.NotNull(ledger.Check(Items(1), now));
        ledger.Observe(Usage(items[0], UsageOutcome.Failed, Charged.No), now);
        Assert.Null(ledger.Check(Items(1), now));
    }

    [Fact]
    public void A_batch_counts_each_of_its_requests_and_one_that_never_fits_is_told_so()
    {
        var ledger = Ledger(new CallerLimit { InFlight = 10, RequestsPerMinute = 100 });

        Assert.Null(ledger.Check(Items(10), now));
        Assert.Equal(new LimitRefusal(LimitKind.InFlight, 10, 0, 11, null), ledger.Check(Items(11), now));
        Assert.Equal(new LimitRefusal(LimitKind.RequestsPerMinute, 100, 0, 101, null), ledger.Check(Items(101), now));
    }

    [Fact]
    public void A_request_that_was_let_in_is_not_counted_again()
    {
        var ledger = Ledger(new CallerLimit { InFlight = 1, RequestsPerMinute = 1 });
        var item = Items(1);
        Admit(ledger, item);

        Assert.Null(ledger.Check(item, now));
        Admit(ledger, item);
        ledger.Observe(Usage(item[0], UsageOutcome.Open), now);
        Assert.Equal(1, ledger.Check(Items(1), now)!.Used);
    }

    [Fact]
    public void Dollars_are_reserved_at_the_upper_end_and_settled_at_what_was_reported()
    {
        var ledger = Ledger(new CallerLimit { UsdPerDay = 4m });
        var items = Items(2);
        Admit(ledger, items);

        Assert.Equal(
            new LimitRefusal(LimitKind.UsdPerDay, 4, 3.5m, 1.75m, new DateTimeOffset(2026, 11, 6, 0, 0, 0, TimeSpan.Zero)), ledger.Check(Items(1), now));
        ledger.Observe(Usage(items[0], UsageOutcome.Completed, Charged.Yes, 0.438m), now);
        Assert.Null(ledger.Check(Items(1), now));
        Assert.Equal(2.188m, ledger.Check(Items(2), now)!.Used);
    }

    [Theory]
    [InlineData(UsageOutcome.Failed, Charged.No, 1.0, 0)]
    [InlineData(UsageOutcome.Failed, Charged.Yes, 1.0, 1.0)]
    [InlineData(UsageOutcome.Completed, Charged.Yes, null, 1.75)]
    [InlineData(UsageOutcome.Canceled, Charged.Unknown, null, 1.75)]
    public void What_may_have_been_charged_is_not_counted_as_free(UsageOutcome outcome, Charged charged, double? cost, double spent)
    {
        var ledger = Ledger(new CallerLimit { UsdPerDay = 1.8m });
        var items = Items(1);
        Admit(ledger, items);

        ledger.Observe(Usage(items[0], outcome, charged, (decimal?)cost), now);

        Assert.Equal(spent > 0.05, ledger.Check(Items(1), now) is { } refusal && refusal.Used == (decimal)spent);
    }

    [Fact]
    public void A_model_without_a_price_is_taken_for_the_dearest()
    {
        var ledger = Ledger(new CallerLimit { UsdPerDay = 1 });

        Assert.Equal(1.96m, ledger.Check([new Admission(NewId(), Image)], now)!.Asked);
        Assert.Equal(1.96m, ledger.Check([new Admission(NewId(), Text)], now)!.Asked);
    }

    [Fact]
    public void A_new_day_begins_with_nothing_spent_but_for_what_is_still_to_be_started()
    {
        var ledger = Ledger(new CallerLimit { UsdPerDay = 6 });
        Admit(ledger, Items(2));
        Admit(ledger, [new Admission(NewId(), Kling26, "__desk_batch")]);
        Assert.Equal(5.25m, ledger.Check(Items(1), now)!.Used);

        now += TimeSpan.FromDays(1);
        ledger.Advance(now);

        Assert.Null(ledger.Check(Items(2), now));
        Assert.Equal(1.75m, ledger.Check(Items(3), now)!.Used);
    }

    [Fact]
    public void What_others_let_in_counts_once_however_often_it_is_seen()
    {
        var ledger = Ledger(new CallerLimit { InFlight = 5, RequestsPerMinute = 5, UsdPerDay = 100 });
        var theirs = Usage(new Admission(NewId(), Kling26), UsageOutcome.Completed, Charged.Yes, 99m);

        for (var i = 0; i < 3; i++) ledger.Observe(theirs, now);

        Assert.Equal(99m, ledger.Check(Items(1), now)!.Used);
        Assert.Equal(1, ledger.Check(Items(5), now)!.Used);
        Assert.Empty(ledger.Open);
    }

    [Fact]
    public void What_was_counted_and_has_ended_is_not_counted_again_by_looks_that_overlap()
    {
        var ledger = Ledger(new CallerLimit { UsdPerDay = 100 });
        var item = Items(1);
        Admit(ledger, item);
        var ended = Usage(item[0], UsageOutcome.Completed, Charged.Yes, 1m);
        ledger.Observe(ended, now);

        for (var i = 0; i < 10; i++)
        {
            now += TimeSpan.FromSeconds(1);
            ledger.Take(new LedgerFindings(now, TimeSpan.Zero, [], [ended]), now);
        }

        Assert.Equal(1m, ledger.Check(Items(57), now)!.Used);
    }

    [Fact]
    public void A_batchs_request_that_another_process_let_in_counts_once_from_its_acceptance_to_its_end()
    {
        var ledger = Ledger(new CallerLimit { InFlight = 1, RequestsPerMinute = 1 });
        var item = Items(1)[0];
        var batch = new UnbegunBatch("__desk_batch", now.AddSeconds(-20), [new UnbegunRequest(item.RequestId, item.Model)]);
        ledger.Take(new LedgerFindings(now, TimeSpan.Zero, [batch], []), now);

        Assert.Equal(new LimitRefusal(LimitKind.RequestsPerMinute, 1, 1, 1, now.AddSeconds(40)), ledger.Check(Items(1), now));
        Assert.Contains("__desk_batch", ledger.Starters);
        now += TimeSpan.FromMinutes(1);
        ledger.Advance(now);
        ledger.Observe(Usage(item, UsageOutcome.Open), now);
        Assert.Equal((LimitKind.InFlight, 1m), (ledger.Check(Items(1), now)!.Kind, ledger.Check(Items(1), now)!.Used));
        ledger.Observe(Usage(item, UsageOutcome.Failed, Charged.No), now);
        ledger.Take(new LedgerFindings(now, TimeSpan.Zero, [batch], []), now); // a slow look that began before
        Assert.Null(ledger.Check(Items(1), now));
    }

    [Fact]
    public void What_was_dropped_counts_again_when_it_is_seen_after_all()
    {
        var ledger = Ledger(new CallerLimit { InFlight = 1 });
        var item = Items(1);
        Admit(ledger, item);

        ledger.Drop(item[0].RequestId);
        Assert.Null(ledger.Check(Items(1), now));
        ledger.Observe(Usage(item[0], UsageOutcome.Open), now);

        Assert.NotNull(ledger.Check(Items(1), now));
    }

    private CallerLedger Ledger(CallerLimit limit)
    {
        var ledger = new CallerLedger(limit);
        ledger.Advance(now);
        return ledger;
    }

    private void Admit(CallerLedger ledger, IReadOnlyList<Admission> items)
    {
        Assert.Null(ledger.Check(items, now));
        ledger.Add(items, now);
    }

    private Admission[] Items(int count) => [.. Enumerable.Range(0, count).Select(_ => new Admission(NewId(), Kling26))];

    private string NewId() => RequestId.New(now);

    private RequestUsage Usage(Admission item, UsageOutcome outcome, Charged? charged = null, decimal? cost = null) =>
        new(item.RequestId, item.Model, now, outcome, charged, cost);
}
