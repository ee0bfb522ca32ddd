using Reel.Generations;
using Reel.Orchestration;
using Reel.Webhooks;

namespace Reel.Benchmarks.Engine;

/// <summary>
/// Reel's own orchestrators with activities that do nothing: a request is submitted, gets a poll plan as long as a real
/// one, waits once, is seen to be rendered, saved, and its webhook is heard.
/// </summary>
internal sealed class NoOpFlow
{
    /// <summary>Who has all the requests.</summary>
    public const string Caller = "studio";

    private const string Model = "kling-2.6";
    private const string Parameters = """{"prompt":"a lighthouse in a storm, seen from a boat that makes for the shore","duration":5,"aspect_ratio":"16:9"}""";

    private static readonly PollingOptions Polling = new();
    private static readonly double TypicalSeconds = RenderKind.TypicalSecondsOf(Model);

    private readonly PollPlan plan;
    private int checks;

    /// <param name="firstCheck">How long after its submit a request waits, in seconds.</param>
    public NoOpFlow(double firstCheck = 0)
    {
        plan = PlanFrom(firstCheck);
        Catalog = new OrchestrationCatalog()
            .Add(Orchestrations.Generate, GenerationOrchestrator.RunAsync)
            .Add(WebhookDelivery.Name, WebhookDelivery.RunAsync)
            .Add(Activities.Submit, _ => new Doing<SubmitInput, SubmitOutcome>(_ => new(SubmitKind.Accepted, "48c6a2f1d0b94b7d", Plan: plan)))
            .Add(Activities.Check, _ => new Doing<CheckInput, CheckOutcome>(_ => Check()))
            .Add(Activities.SaveVideo, _ => new Doing<SaveVideoInput, SaveVideoOutcome>(Save))
            .Add(AttemptWebhookActivity.Name, _ => new Doing<WebhookAttemptInput, AttemptOutcome>(
                _ => new(AttemptVerdict.Delivered, DateTimeOffset.UtcNow, 1, 200)));
    }

    public OrchestrationCatalog Catalog { get; }

    /// <summary>How often the provider was asked.</summary>
    public int Checks => Volatile.Read(ref checks);

    /// <summary>Starts a request.</summary>
    /// <returns>Its id.</returns>
    public static async Task<string> StartAsync(IOrchestrationClient client)
    {
        var now = DateTimeOffset.UtcNow;
        var id = RequestId.New(now);
        var request = new GenerationRequest(
            id, Caller, Model, Parameters, now, now.AddDays(1), new PollSchedule(TypicalSeconds, Polling.Least.TotalSeconds, Polling.Most.TotalSeconds),
            "https://reel.example", "https://hooks.example/reel", [TimeSpan.Zero], Steps: GenerationRequest.StepsNow);
        await client.StartAsync(Orchestrations.Generate, InstanceIds.Of(Caller, id), request);
        return id;
    }

    /// <summary>A first request's, with the default settings: all its checks, moved to where the first is wanted.</summary>
    private static PollPlan PlanFrom(double firstCheck)
    {
        var usual = PollPlan.For(
            RenderKind.Of(Model, Parameters), LearnedTimes.None.Expect(TypicalSeconds),
            Polling.Least.TotalSeconds, Polling.Most.TotalSeconds, Polling.CheckWorth.TotalSeconds);

        // A least wait would pass over a check that is due at once.
        return usual with { Ages = [.. usual.Ages.Select(age => Math.Round(age - usual.Ages[0] + firstCheck, 1))], LeastSeconds = 0 };
    }

    private CheckOutcome Check()
    {
        Interlocked.Increment(ref checks);
        return new CheckOutcome(CheckKind.Completed, Url: "https://files.example/48c6a2f1d0b94b7d.mp4", Length: 10_000_000, ContentType: "video/mp4");
    }

    private static SaveVideoOutcome Save(SaveVideoInput input) =>
        new(new SavedVideo(SavedVideo.NameOf(input.CallerId, input.RequestId), 10_000_000, new string('a', 64), "video/mp4"));
}

/// <summary>An activity that is over at once.</summary>
internal sealed class Doing<TInput, TOutput>(Func<TInput, TOutput> run) : IActivity<TInput, TOutput>
{
    public Task<TOutput> RunAsync(TInput input, CancellationToken cancellationToken) => Task.FromResult(run(input));
}
