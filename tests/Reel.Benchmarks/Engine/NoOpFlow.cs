using Reel.Generations;
using Reel.Orchestration;
using Reel.Webhooks;

namespace Reel.Benchmarks.Engine;

/// <summary>
/// Reel's own orchestrators with activities that do nothing: a request is submitted, waits once, is seen to be rendered, saved, and its webhook is heard.
/// </summary>
internal sealed class NoOpFlow
{
    /// <summary>Who has all the requests.</summary>
    public const string Caller = "studio";

    private static readonly PollSchedule AtOnce = new(0, 0, 0);
    private int checks;

    public NoOpFlow() => Catalog = new OrchestrationCatalog()
        .Add(Orchestrations.Generate, GenerationOrchestrator.RunAsync)
        .Add(WebhookDelivery.Name, WebhookDelivery.RunAsync)
        .Add(Activities.Submit, _ => new Doing<SubmitInput, SubmitOutcome>(_ => new(SubmitKind.Accepted, "48c6a2f1d0b94b7d")))
        .Add(Activities.Check, _ => new Doing<CheckInput, CheckOutcome>(_ => Check()))
        .Add(Activities.SaveVideo, _ => new Doing<SaveVideoInput, SaveVideoOutcome>(Save))
        .Add(AttemptWebhookActivity.Name, _ => new Doing<WebhookAttemptInput, AttemptOutcome>(
            _ => new(AttemptVerdict.Delivered, DateTimeOffset.UtcNow, 1, 200)));

    public OrchestrationCatalog Catalog { get; }

    /// <summary>How often the provider was asked.</summary>
    public int Checks => Volatile.Read(ref checks);

    /// <summary>Starts a request.</summary>
    /// <param name="polling">When the provider is asked; at once when null.</param>
    /// <returns>Its id.</returns>
    public static async Task<string> StartAsync(IOrchestrationClient client, PollSchedule? polling = null)
    {
        var now = DateTimeOffset.UtcNow;
        var id = RequestId.New(now);
        var request = new GenerationRequest(
            id, Caller, "kling-2.6", """{"prompt":"a lighthouse in a storm, seen from a boat that makes for the shore","duration":5,"aspect_ratio":"16:9"}""",
            now, now.AddDays(1), polling ?? AtOnce, "https://reel.example", "https://hooks.example/reel", [TimeSpan.Zero], Steps: GenerationRequest.StepsNow);
        await client.StartAsync(Orchestrations.Generate, InstanceIds.Of(Caller, id), request);
        return id;
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
