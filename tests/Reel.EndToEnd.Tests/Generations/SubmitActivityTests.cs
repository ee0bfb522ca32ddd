using Azure.Storage.Blobs;
using Reel.EndToEnd.Tests.Azurite;
using Reel.Generations;
using Reel.Records;
using Reel.Segmind;

namespace Reel.EndToEnd.Tests.Generations;

/// <summary>Promise 1, against real storage: whatever runs twice or dies, the provider is asked at most once per attempt.</summary>
public sealed class SubmitActivityTests(AzuriteFixture azurite) : SubmitScript(azurite)
{
    [Fact]
    public async Task The_answer_is_recorded_and_a_second_run_reads_it()
    {
        var first = await RunAsync();
        var second = await RunAsync();

        Assert.Equal((SubmitKind.Accepted, "p-1"), (first.Kind, first.ProviderRequestId));
        Assert.Equal(first, second);
        Assert.Equal(1, Provider.Posts);
    }

    [Fact]
    public async Task Only_the_run_that_posted_says_of_which_kind_a_render_time_is_to_be_noted()
    {
        var input = Input with { Parameters = """{"duration":5}""" };
        var posted = await Create(Records).RunAsync(input, CancellationToken.None);
        var found = await Create(Records).RunAsync(input, CancellationToken.None);

        Assert.Equal("kling-2.6/5-pro", posted.Plan!.Kind);
        Assert.Null(found.Plan!.Kind);
    }

    [Fact]
    public async Task Fifty_runs_at_once_post_once()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => RunAsync()));

        Assert.Equal(1, Provider.Posts);
        Assert.Contains(outcomes, outcome => outcome.Kind == SubmitKind.Accepted);
        Assert.All(outcomes, outcome => Assert.True(outcome.Kind is SubmitKind.Accepted or SubmitKind.Pending));
        Assert.Equal(SubmitKind.Accepted, (await RunAsync()).Kind);
    }

    [Fact]
    public async Task A_run_that_died_while_posting_leaves_an_unknown_outcome_once_no_run_can_still_be_posting()
    {
        Provider.Answer = () => throw new InvalidOperationException("stands for a process that dies here");
        await Assert.ThrowsAsync<InvalidOperationException>(RunAsync);
        Provider.Answer = FakeProvider.Accept;

        var early = await RunAsync();
        Clock.Now = early.RetryAt!.Value;
        var late = await RunAsync();

        Assert.Equal(SubmitKind.Pending, early.Kind);
        Assert.Equal(SubmitKind.Unknown, late.Kind);
        Assert.Equal(1, Provider.Posts);
    }

    [Theory]
    [MemberData(nameof(SurelyNotAccepted))]
    public async Task After_an_answer_that_was_no_acceptance_only_the_next_attempt_posts_again(SubmitAnswer answer)
    {
        Provider.Answer = () => answer;
        var first = await RunAsync();
        Provider.Answer = FakeProvider.Accept;

        Assert.Equal(first, await RunAsync());
        Assert.Equal(1, Provider.Posts);

        var next = await RunAsync(Input with { Attempt = 2 });
        Assert.Equal(SubmitKind.Accepted, next.Kind);
        Assert.Equal(2, Provider.Posts);

        // A late duplicate of the first attempt must not undo the second.
        Assert.Equal(next, await RunAsync());
        Assert.Equal(2, Provider.Posts);
    }

    public static TheoryData<SubmitAnswer> SurelyNotAccepted => new(
        new SubmitAnswer.RateLimited(null, "slow down"), new SubmitAnswer.Unavailable(502, "away"), new SubmitAnswer.NotSent("no connection"));

    [Theory]
    [InlineData(406, RefusalReason.InsufficientCredits, SubmitKind.InsufficientCredits)]
    [InlineData(406, RefusalReason.SpendLimit, SubmitKind.InsufficientCredits)]
    [InlineData(406, RefusalReason.InvalidContentType, SubmitKind.Refused)]
    [InlineData(400, RefusalReason.InvalidRequest, SubmitKind.Refused)]
    public async Task A_refusal_says_whether_the_account_or_the_request_is_at_fault(int status, RefusalReason reason, SubmitKind kind)
    {
        Provider.Answer = () => new SubmitAnswer.Refused(status, reason, "no");

        Assert.Equal(kind, (await RunAsync()).Kind);
    }

    [Fact]
    public async Task An_answer_that_leaves_it_open_is_final()
    {
        Provider.Answer = () => new SubmitAnswer.OutcomeUnknown("the connection was reset");

        Assert.Equal(SubmitKind.Unknown, (await RunAsync()).Kind);
        Assert.Equal(SubmitKind.Unknown, (await RunAsync()).Kind);
        Assert.Equal(1, Provider.Posts);
    }

    [Fact]
    public async Task A_new_attempt_posts_though_the_answer_of_the_one_before_was_not_recorded()
    {
        // The history has heard it, or there would be no new attempt.
        Provider.Answer = () => throw new InvalidOperationException("stands for a record that could not be written");
        await Assert.ThrowsAsync<InvalidOperationException>(RunAsync);
        Provider.Answer = FakeProvider.Accept;

        Assert.Equal(SubmitKind.Accepted, (await RunAsync(Input with { Attempt = 2 })).Kind);
        Assert.Equal(2, Provider.Posts);
    }

    [Fact]
    public async Task A_host_that_is_stopping_begins_nothing()
    {
        await Assert.ThrowsAsync<OperationCanceledException>(() => Create(Records).RunAsync(Input, new CancellationToken(canceled: true)));

        Assert.Equal(0, Provider.Posts);
        Assert.Equal(SubmitKind.Accepted, (await RunAsync()).Kind);
    }

    [Fact]
    public async Task A_claim_that_took_too_long_posts_nothing()
    {
        Clock.Step = TimeSpan.FromSeconds(30);

        Assert.Equal(SubmitKind.NotAccepted, (await RunAsync()).Kind);
        Assert.Equal(0, Provider.Posts);
        Assert.Equal(SubmitKind.NotAccepted, (await RunAsync()).Kind);
    }

    [Fact]
    public async Task Without_storage_nothing_is_posted()
    {
        var gone = new BlobClientOptions { Retry = { MaxRetries = 0 } };
        var nowhere = ConnectionString.Replace("BlobEndpoint=http://127.0.0.1:", "BlobEndpoint=http://127.0.0.1:1/", StringComparison.Ordinal);
        var activity = Create(new RecordStore(new BlobServiceClient(nowhere, gone)));

        await Assert.ThrowsAnyAsync<Exception>(() => activity.RunAsync(Input, CancellationToken.None));
        Assert.Equal(0, Provider.Posts);
    }

    [Fact]
    public async Task A_host_that_stops_does_not_break_off_a_post_under_way()
    {
        using var stopping = new CancellationTokenSource();
        Provider.Answer = () =>
        {
            stopping.Cancel();
            return FakeProvider.Accept();
        };

        var outcome = await Create(Records).RunAsync(Input, stopping.Token);

        Assert.Equal(SubmitKind.Accepted, outcome.Kind);
        Assert.False(Provider.LastToken.CanBeCanceled);
        Assert.Equal(outcome with { Plan = null }, await RunAsync());
    }
}
