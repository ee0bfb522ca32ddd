using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Reel.EndToEnd.Tests.Azurite;
using Reel.Generations;
using Reel.Records;
using Reel.Segmind;
using Reel.Storage;

namespace Reel.EndToEnd.Tests.Generations;

/// <summary>What is learned of render times, in real storage, by several processes, and with storage in trouble.</summary>
public sealed class RenderTimesTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    // One that no other test has.
    private readonly string mode = $"{Guid.NewGuid():N}";

    private string Kind => $"kling-2.6/5-{mode}";

    private string Parameters => $$"""{"prompt":"a lighthouse","duration":"5","mode":"{{mode}}"}""";

    [Fact]
    public async Task What_one_process_has_noted_another_knows_after_a_minute()
    {
        var time = new TimersAtWill();
        var (one, other) = (Process(), Process(time: time));
        Assert.Equal(LearnedTimes.None, await other.LookAsync(Kind));
        for (var i = 0; i < 3; i++) await one.NoteAsync(new RenderedTime(Kind, 12, 12));
        Assert.Equal(LearnedTimes.None, await other.LookAsync(Kind));

        time.Turn(TimeSpan.FromSeconds(61));

        Assert.Equal(await one.LookAsync(Kind), await other.LookAsync(Kind));
        Assert.Equal(12, other.Expect("kling-2.6", Parameters));
    }

    [Fact]
    public async Task An_estimate_that_is_not_known_is_looked_up_for_who_asks_next()
    {
        for (var i = 0; i < 3; i++) await Process().NoteAsync(new RenderedTime(Kind, 12, 12));
        var fresh = Process();

        Assert.Null(fresh.Expect("kling-2.6", Parameters));

        for (var until = DateTime.UtcNow.AddMinutes(1); fresh.Expect("kling-2.6", Parameters) != 12; await Task.Delay(10)) Assert.True(DateTime.UtcNow < until);
    }

    [Fact]
    public async Task A_look_that_failed_is_repeated_for_estimates_after_a_minute()
    {
        for (var i = 0; i < 3; i++) await Process().NoteAsync(new RenderedTime(Kind, 12, 12));
        var time = new TimersAtWill();
        var trouble = new BeforeWrite(0, () => Task.CompletedTask) { IsDown = true };
        var fresh = Process(trouble, time);
        Assert.Null(fresh.Expect("kling-2.6", Parameters));
        Assert.Equal(LearnedTimes.None, await fresh.LookAsync(Kind));
        trouble.IsDown = false;

        time.Turn(TimeSpan.FromSeconds(61));

        for (var until = DateTime.UtcNow.AddMinutes(1); fresh.Expect("kling-2.6", Parameters) != 12; await Task.Delay(10)) Assert.True(DateTime.UtcNow < until);
    }

    [Fact]
    public async Task What_an_emulated_provider_takes_says_nothing_of_the_real_one()
    {
        for (var i = 0; i < 3; i++) await Process(provider: "http://127.0.0.1:7080").NoteAsync(new RenderedTime(Kind, 12, 12));

        Assert.Equal(LearnedTimes.None, await Process().LookAsync(Kind));
        Assert.Equal(12, (await Process(provider: "http://127.0.0.1:7081/v2").LookAsync(Kind)).Median());
    }

    [Fact]
    public async Task A_race_that_is_lost_is_run_once_more()
    {
        var other = Process();
        var mine = Process(new BeforeWrite(1, () => other.NoteAsync(new RenderedTime(Kind, 100, 100))));

        await mine.NoteAsync(new RenderedTime(Kind, 120, 120));

        Assert.Equal(2, (await Process().LookAsync(Kind)).Count);
    }

    [Fact]
    public async Task A_race_that_is_lost_again_and_again_is_left_to_the_others()
    {
        var other = Process();
        var mine = Process(new BeforeWrite(5, () => other.NoteAsync(new RenderedTime(Kind, 100, 100))));

        await mine.NoteAsync(new RenderedTime(Kind, 5, 5));

        var learned = await Process().LookAsync(Kind);
        Assert.Equal(2, learned.Count);
        Assert.Equal(Math.Log(100), learned.MeanLog, 6);
    }

    [Fact]
    public async Task Two_processes_may_learn_at_once()
    {
        const int Rounds = 20;
        var (one, other) = (Process(), Process());
        for (var i = 0; i < Rounds; i++)
            await Task.WhenAll(one.NoteAsync(new RenderedTime(Kind, 100, 100)), other.NoteAsync(new RenderedTime(Kind, 100, 100)));

        var learned = await Process().LookAsync(Kind);
        Assert.InRange(learned.Count, Rounds, 2 * Rounds);
        Assert.Equal(Math.Log(100), learned.MeanLog, 6);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"count\":")]
    [InlineData("null")]
    [InlineData("[1]")]
    [InlineData("{\"count\":\"many\",\"mean_log\":5,\"variance\":0.1}")]
    [InlineData("{\"count\":-5,\"mean_log\":5,\"variance\":0.1}")]
    [InlineData("{\"count\":900,\"mean_log\":1e999,\"variance\":0.1}")]
    [InlineData("{\"count\":900,\"mean_log\":5,\"variance\":-1}")]
    public async Task A_damaged_record_counts_for_nothing_and_is_replaced_by_the_next_render(string content)
    {
        await Process().NoteAsync(new RenderedTime(Kind, 1, 1));
        var blob = new BlobServiceClient(azurite.ConnectionString).GetBlobContainerClient(RecordStore.Container).GetBlobClient($"render-times/api.segmind.com/{Kind}.json");
        await blob.UploadAsync(BinaryData.FromString(content), overwrite: true);

        Assert.Equal(LearnedTimes.None, await Process().LookAsync(Kind));
        await Process().NoteAsync(new RenderedTime(Kind, 100, 100));

        Assert.Equal(LearnedTimes.None.With(new RenderedTime(Kind, 100, 100), RenderKind.TypicalSecondsOf(Kind)), await Process().LookAsync(Kind));
    }

    [Fact]
    public async Task Without_storage_the_page_s_figure_counts()
    {
        var times = new RenderTimes(
            new RecordStore(new BlobServiceClient(DeadPort.ConnectionString, StorageServices.ClientOptions())), Options.Create(new SegmindOptions()), new TimersAtWill(atOnce: true), NullLogger<RenderTimes>.Instance);

        await AssertPlannedByPageAsync(times);
        await times.NoteAsync(new RenderedTime(Kind, 9, 9));
        Assert.Null(times.Expect("kling-2.6", Parameters));
    }

    [Fact]
    public async Task Storage_that_hangs_is_asked_once_and_not_waited_for_long()
    {
        using var hanging = new HangingPolicy();
        var waiting = Process(hanging, new TimersAtWill());
        var (first, second) = (waiting.LookAsync(Kind), waiting.LookAsync(Kind));

        Assert.Null(waiting.Expect("kling-2.6", Parameters));
        Assert.False(first.IsCompleted || second.IsCompleted);
        Assert.Equal(1, hanging.Asked);

        var giving = Process(hanging, new TimersAtWill(atOnce: true));
        await AssertPlannedByPageAsync(giving);
        await giving.NoteAsync(new RenderedTime(Kind, 9, 9));
        var asked = hanging.Asked;
        await AssertPlannedByPageAsync(giving);
        Assert.Equal(asked, hanging.Asked);
    }

    [Fact]
    public async Task Storage_in_trouble_forgets_nothing_that_was_known()
    {
        var time = new TimersAtWill();
        var trouble = new BeforeWrite(0, () => Task.CompletedTask);
        var times = Process(trouble, time);
        await times.NoteAsync(new RenderedTime(Kind, 100, 100));
        trouble.IsDown = true;

        time.Turn(TimeSpan.FromMinutes(2));

        Assert.Equal(1, (await times.LookAsync(Kind)).Count);
    }

    [Fact]
    public async Task Parameters_that_cannot_be_read_make_no_plan_and_no_trouble() =>
        Assert.Null(await new PollPlans(Process(), Options.Create(new PollingOptions()), NullLogger<PollPlans>.Instance).MakeAsync("kling-2.6", "{"));

    [Theory]
    [InlineData("""{"prompt":"x"}""", "kling-2.6/10-pro")]
    [InlineData("""{"prompt":"x","duration":5}""", "kling-2.6/5-pro")]
    [InlineData("""{"prompt":"x","duration":"5"}""", "kling-2.6/5-pro")]
    public void Renders_of_one_duration_and_mode_are_of_one_kind_however_they_are_written(string parameters, string kind) =>
        Assert.Equal(kind, RenderKind.Of("kling-2.6", parameters));

    private async Task AssertPlannedByPageAsync(RenderTimes times)
    {
        var polling = new PollingOptions();
        var plan = await new PollPlans(times, Options.Create(polling), NullLogger<PollPlans>.Instance).MakeAsync("kling-2.6", Parameters);

        var expected = PollPlan.For(
            Kind, LearnedTimes.None.Expect(123.28), polling.Least.TotalSeconds, polling.Most.TotalSeconds, polling.CheckWorth.TotalSeconds);
        Assert.Equal(expected.Ages, plan!.Ages);
        Assert.Equal(Kind, plan.Kind);
    }

    private RenderTimes Process(HttpPipelinePolicy? policy = null, TimeProvider? time = null, string provider = "https://api.segmind.com")
    {
        var options = StorageServices.ClientOptions();
        if (policy is not null) options.AddPolicy(policy, HttpPipelinePosition.PerCall);
        return new RenderTimes(
            new RecordStore(new BlobServiceClient(azurite.ConnectionString, options)),
            Options.Create(new SegmindOptions { BaseUrl = provider }),
            time ?? new TimersAtWill(),
            NullLogger<RenderTimes>.Instance);
    }

    /// <summary>Has something done before each of the first writes, or fails everything.</summary>
    private sealed class BeforeWrite(int writes, Func<Task> act) : HttpPipelinePolicy
    {
        private int left = writes;

        public bool IsDown { get; set; }

        public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) => throw new NotSupportedException();

        public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
        {
            if (IsDown) throw new IOException("The line is down.");
            if (message.Request.Method == RequestMethod.Put && left-- > 0) await act();
            await ProcessNextAsync(message, pipeline);
        }
    }
}
