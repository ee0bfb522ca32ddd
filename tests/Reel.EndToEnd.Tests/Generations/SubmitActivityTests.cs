using Azure.Storage.Blobs;
using Microsoft.Extensions.Logging.Abstractions;
using Reel.EndToEnd.Tests.Azurite;
using Reel.Generations;
using Reel.Records;
using Reel.Segmind;

namespace Reel.EndToEnd.Tests.Generations;

/// <summary>Promise 1, against real storage: whatever runs twice or dies, the provider is asked at most once per attempt.</summary>
public sealed class SubmitActivityTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    private readonly RecordStore records = new(new BlobServiceClient(azurite.ConnectionString));
    private readonly Provider provider = new();
    private readonly Clock clock = new();
    private readonly SubmitInput input = new($"local_{RequestId.New(DateTimeOffset.UtcNow)}", 1, "kling-2.6", "{}");

    [Fact]
    public async Task The_answer_is_recorded_and_a_second_run_reads_it()
    {
        var first = await RunAsync();
        var second = await RunAsync();

        Assert.Equal((SubmitKind.Accepted, "p-1"), (first.Kind, first.ProviderRequestId));
        Assert.Equal(first, second);
        Assert.Equal(1, provider.Posts);
    }

    [Fact]
    public async Task Fifty_runs_at_once_post_once()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => RunAsync()));

        Assert.Equal(1, provider.Posts);
        Assert.Contains(outcomes, outcome => outcome.Kind == SubmitKind.Accepted);
        Assert.All(outcomes, outcome => Assert.True(outcome.Kind is SubmitKind.Accepted or SubmitKind.Pending));
        Assert.Equal(SubmitKind.Accepted, (await RunAsync()).Kind);
    }

    [Fact]
    public async Task A_run_that_died_while_posting_leaves_an_unknown_outcome_once_no_run_can_still_be_posting()
    {
        provider.Answer = () => throw new InvalidOperationException("stands for a process that dies here");
        await Assert.ThrowsAsync<InvalidOperationException>(RunAsync);
        provider.Answer = Provider.Accept;

        var early = await RunAsync();
        clock.Now = early.RetryAt!.Value;
        var late = await RunAsync();

        Assert.Equal(SubmitKind.Pending, early.Kind);
        Assert.Equal(SubmitKind.Unknown, late.Kind);
        Assert.Equal(1, provider.Posts);
    }

    [Theory]
    [MemberData(nameof(SurelyNotAccepted))]
    public async Task After_an_answer_that_was_no_acceptance_only_the_next_attempt_posts_again(SubmitAnswer answer)
    {
        provider.Answer = () => answer;
        var first = await RunAsync();
        provider.Answer = Provider.Accept;

        Assert.Equal(first, await RunAsync());
        Assert.Equal(1, provider.Posts);

        var next = await RunAsync(input with { Attempt = 2 });
        Assert.Equal(SubmitKind.Accepted, next.Kind);
        Assert.Equal(2, provider.Posts);

        // A late duplicate of the first attempt must not undo the second.
        Assert.Equal(next, await RunAsync());
        Assert.Equal(2, provider.Posts);
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
        provider.Answer = () => new SubmitAnswer.Refused(status, reason, "no");

        Assert.Equal(kind, (await RunAsync()).Kind);
    }

    [Fact]
    public async Task An_answer_that_leaves_it_open_is_final()
    {
        provider.Answer = () => new SubmitAnswer.OutcomeUnknown("the connection was reset");

        Assert.Equal(SubmitKind.Unknown, (await RunAsync()).Kind);
        Assert.Equal(SubmitKind.Unknown, (await RunAsync()).Kind);
        Assert.Equal(1, provider.Posts);
    }

    [Fact]
    public async Task A_new_attempt_posts_though_the_answer_of_the_one_before_was_not_recorded()
    {
        // The history has heard it, or there would be no new attempt.
        provider.Answer = () => throw new InvalidOperationException("stands for a record that could not be written");
        await Assert.ThrowsAsync<InvalidOperationException>(RunAsync);
        provider.Answer = Provider.Accept;

        Assert.Equal(SubmitKind.Accepted, (await RunAsync(input with { Attempt = 2 })).Kind);
        Assert.Equal(2, provider.Posts);
    }

    [Fact]
    public async Task A_host_that_is_stopping_begins_nothing()
    {
        await Assert.ThrowsAsync<OperationCanceledException>(() => Create(records).RunAsync(input, new CancellationToken(canceled: true)));

        Assert.Equal(0, provider.Posts);
        Assert.Equal(SubmitKind.Accepted, (await RunAsync()).Kind);
    }

    [Fact]
    public async Task A_claim_that_took_too_long_posts_nothing()
    {
        clock.Step = TimeSpan.FromSeconds(30);

        Assert.Equal(SubmitKind.NotAccepted, (await RunAsync()).Kind);
        Assert.Equal(0, provider.Posts);
        Assert.Equal(SubmitKind.NotAccepted, (await RunAsync()).Kind);
    }

    [Fact]
    public async Task Without_storage_nothing_is_posted()
    {
        var gone = new BlobClientOptions { Retry = { MaxRetries = 0 } };
        var nowhere = azurite.ConnectionString.Replace("BlobEndpoint=http://127.0.0.1:", "BlobEndpoint=http://127.0.0.1:1/", StringComparison.Ordinal);
        var activity = Create(new RecordStore(new BlobServiceClient(nowhere, gone)));

        await Assert.ThrowsAnyAsync<Exception>(() => activity.RunAsync(input, CancellationToken.None));
        Assert.Equal(0, provider.Posts);
    }

    [Fact]
    public async Task A_host_that_stops_does_not_break_off_a_post_under_way()
    {
        using var stopping = new CancellationTokenSource();
        provider.Answer = () =>
        {
            stopping.Cancel();
            return Provider.Accept();
        };

        var outcome = await Create(records).RunAsync(input, stopping.Token);

        Assert.Equal(SubmitKind.Accepted, outcome.Kind);
        Assert.False(provider.LastToken.CanBeCanceled);
        Assert.Equal(outcome, await RunAsync());
    }

    private Task<SubmitOutcome> RunAsync() => RunAsync(input);

    private Task<SubmitOutcome> RunAsync(SubmitInput submit) => Create(records).RunAsync(submit, CancellationToken.None);

    private SubmitActivity Create(RecordStore store) =>
        new(provider, SegmindTimings.Default, store, clock, NullLogger<SubmitActivity>.Instance);

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UtcNow;

        public TimeSpan Step { get; set; }

        public override DateTimeOffset GetUtcNow() => Now += Step;
    }

    private sealed class Provider : ISegmindClient
    {
        private int posts;

        public int Posts => posts;

        public CancellationToken LastToken { get; private set; }

        public Func<SubmitAnswer> Answer { get; set; } = Accept;

        public static SubmitAnswer.Accepted Accept() => new("p-1");

        public async Task<SubmitAnswer> SubmitAsync(string model, string parametersJson, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref posts);
            LastToken = cancellationToken;
            await Task.Yield();
            return Answer();
        }

        public Task<StatusAnswer> GetStatusAsync(string requestId, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<ResultAnswer> GetResultAsync(string requestId, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
