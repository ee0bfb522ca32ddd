using Azure.Storage.Blobs;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Reel.EndToEnd.Tests.Azurite;
using Reel.Records;
using Reel.Webhooks;

namespace Reel.EndToEnd.Tests.Webhooks;

/// <summary>Which endpoints fail and are paused, in real blob storage, by a clock of the tests.</summary>
public sealed class EndpointRecordsTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly HandTime time = new();
    private readonly WebhookEndpoint endpoint = WebhookEndpoint.Of("desk", $"https://shop.test/{Guid.NewGuid():N}");

    [Fact]
    public async Task An_endpoint_that_fails_for_five_days_is_paused_and_not_before()
    {
        var records = Process();
        for (var hours = 0; hours < 5 * 24; hours++)
        {
            Assert.Null((await records.LookAsync(endpoint, default))?.PausedAt);
            await FailAsync(records);
            time.Turn(Hour);
        }

        await FailAsync(records);

        var paused = await records.LookAsync(endpoint, default);
        Assert.Equal(TimeSpan.FromDays(5), paused!.PausedAt - paused.FailingSince);
        Assert.Equal((503, endpoint.Url), (paused.LastStatus, paused.Url));
    }

    [Fact]
    public async Task Two_failures_five_days_apart_are_not_five_bad_days()
    {
        var records = Process();
        await FailAsync(records);
        time.Turn(TimeSpan.FromDays(6));
        for (var i = 0; i < 100; i++) await FailAsync(records);

        Assert.Equal((2, null), ((await records.LookAsync(endpoint, default))!.Failures, (await records.LookAsync(endpoint, default))!.PausedAt));
    }

    [Fact]
    public async Task What_this_server_kept_from_being_sent_is_no_failure_of_the_endpoint()
    {
        var records = Process();
        await records.NoteAsync(endpoint, Outcome(AttemptVerdict.Failed) with { IsOurs = true }, default);
        await records.NoteAsync(endpoint, Outcome(AttemptVerdict.Blocked) with { IsOurs = true }, default);

        Assert.Null(await Store().ReadAsync<EndpointHealth>(EndpointRecords.NameOf(endpoint)));
    }

    [Fact]
    public async Task One_success_begins_the_count_anew_and_an_endpoint_that_is_well_has_no_record()
    {
        var records = Process();
        await FailAsync(records);
        time.Turn(TimeSpan.FromDays(4));
        await FailAsync(records);

        await records.NoteAsync(endpoint, Outcome(AttemptVerdict.Delivered), default);
        Assert.Null(await Store().ReadAsync<EndpointHealth>(EndpointRecords.NameOf(endpoint)));

        time.Turn(TimeSpan.FromDays(4));
        await FailAsync(records);
        Assert.Equal(time.GetUtcNow(), (await records.LookAsync(endpoint, default))!.FailingSince);
    }

    [Fact]
    public async Task Failures_are_written_now_and_then_and_successes_of_who_is_well_never()
    {
        var records = Process();
        await records.NoteAsync(endpoint, Outcome(AttemptVerdict.Delivered), default);
        Assert.Null(await Store().ReadAsync<EndpointHealth>(EndpointRecords.NameOf(endpoint)));

        await FailAsync(records);
        var first = await Store().ReadAsync<EndpointHealth>(EndpointRecords.NameOf(endpoint));
        await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => FailAsync(records)));

        Assert.Equal(first!.ETag, (await Store().ReadAsync<EndpointHealth>(EndpointRecords.NameOf(endpoint)))!.ETag);
    }

    [Fact]
    public async Task Whoever_wants_an_event_no_more_has_not_failed()
    {
        var records = Process();

        await records.NoteAsync(endpoint, Outcome(AttemptVerdict.Rejected) with { AbortRequested = true }, default);

        Assert.Null(await records.LookAsync(endpoint, default));
    }

    [Fact]
    public async Task Of_two_processes_neither_takes_the_others_word_back()
    {
        var (one, other) = (Process(), Process());
        await FailAsync(one);
        var since = (await other.LookAsync(endpoint, default))!.FailingSince;
        for (var day = 0; day < 10; day++)
        {
            time.Turn(TimeSpan.FromHours(12));
            await Task.WhenAll(FailAsync(one), FailAsync(other));
        }

        var paused = await one.LookAsync(endpoint, default);
        Assert.Equal(since, paused!.FailingSince);
        Assert.NotNull(paused.PausedAt);

        // What the other still had under way neither resumes it nor begins anew.
        await other.NoteAsync(endpoint, Outcome(AttemptVerdict.Delivered), default);
        await FailAsync(other);
        Assert.Equal(paused, (await Store().ReadAsync<EndpointHealth>(EndpointRecords.NameOf(endpoint)))!.Value);
    }

    [Fact]
    public async Task One_that_is_resumed_is_sent_to_at_once_by_every_process()
    {
        var (one, other) = (Process(), Process());
        for (var i = 0; i < 12; i++)
        {
            await FailAsync(one);
            time.Turn(TimeSpan.FromHours(12));
        }

        Assert.NotNull((await one.LookAsync(endpoint, default))!.PausedAt);
        Assert.NotNull((await other.LookAsync(endpoint, default))!.PausedAt);

        Assert.True(await other.ResumeAsync(endpoint, default));

        Assert.Null(await one.LookAsync(endpoint, default));
        await FailAsync(one);
        Assert.Equal(time.GetUtcNow(), (await one.LookAsync(endpoint, default))!.FailingSince);
    }

    [Fact]
    public async Task Storage_that_does_not_answer_keeps_nothing_from_being_sent()
    {
        var away = new BlobServiceClient(
            "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;BlobEndpoint=http://127.0.0.1:9/devstoreaccount1;",
            new BlobClientOptions { Retry = { MaxRetries = 0 } });
        var records = Process(new RecordStore(away));

        await FailAsync(records);
        await records.NoteAsync(endpoint, Outcome(AttemptVerdict.Delivered), default);

        Assert.Null(await records.LookAsync(endpoint, default));
    }

    private Task FailAsync(EndpointRecords records) => records.NoteAsync(endpoint, Outcome(AttemptVerdict.Rejected), default);

    private AttemptOutcome Outcome(AttemptVerdict verdict) => new(verdict, time.GetUtcNow(), 5, verdict == AttemptVerdict.Delivered ? 204 : 503);

    private RecordStore Store() => new(new BlobServiceClient(azurite.ConnectionString));

    private EndpointRecords Process(RecordStore? store = null) =>
        new(store ?? Store(), Options.Create(new WebhookOptions()), time, NullLogger<EndpointRecords>.Instance);

    /// <summary>A clock that moves by hand only; its timers are the real ones.</summary>
    private sealed class HandTime : TimeProvider
    {
        private DateTimeOffset now = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);

        public void Turn(TimeSpan by) => now += by;

        public override DateTimeOffset GetUtcNow() => now;
    }
}
