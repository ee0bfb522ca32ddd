using Reel.Generations;
using Reel.Segmind;
using Reel.Tests.Orchestration;

namespace Reel.Tests.Generations;

/// <summary>A request with a provider and a storage that answer as they are told to.</summary>
public abstract class GenerationScript
{
    protected static readonly DateTimeOffset Noon = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);
    protected static readonly SavedVideo Video = new("local/one.mp4", 1_000, new string('a', 64), "video/mp4");
    protected static readonly RenderMetrics Metrics = new(Cost: 0.9m, InferenceTime: 120);

    protected static readonly GenerationRequest Request = new(
        RequestId.New(Noon), "local", "kling-2.6", """{"prompt":"a lighthouse"}""", Noon, Noon.AddMinutes(30), new PollSchedule(120, 4, 60), "https://reel.test", Steps: GenerationRequest.StepsNow);

    protected FakeOrchestrationContext Context { get; } = new(Noon, InstanceIds.Of("local", Request.RequestId));
    protected Queue<SubmitOutcome> Submits { get; } = new();
    protected Queue<SubmitOutcome> LastLooks { get; } = new();
    protected Queue<SaveVideoOutcome> Saves { get; } = new();

    protected Func<TimeSpan, CheckOutcome> Check { get; set; } = age => age < TimeSpan.FromSeconds(100)
        ? new CheckOutcome(CheckKind.Processing)
        : new CheckOutcome(CheckKind.Completed, Url: "https://files.test/one.mp4", Length: 1_000, Metrics: Metrics);

    protected GenerationScript()
    {
        Context.On(Activities.Submit, _ => Submits.TryDequeue(out var next) ? next : new SubmitOutcome(SubmitKind.Accepted, "provider-1"));
        Context.On(Activities.Withdraw, _ => LastLooks.Dequeue());
        Context.On(Activities.Check, _ => Check(Context.UtcNow - Noon));
        Context.On(Activities.SaveVideo, _ => Saves.TryDequeue(out var next) ? next : new SaveVideoOutcome(Video));
    }

    protected GenerationState Run(GenerationRequest? request = null) => Context.Run(GenerationOrchestrator.RunAsync, request ?? Request);

    protected int Count(string activity) => Context.Calls.Count(call => call.Name == activity);

    protected List<int> Attempts() =>
        [.. Context.Calls.Where(call => call.Name == Activities.Submit.Name).Select(call => call.InputAs<SubmitInput>().Attempt)];

    protected List<Stage> Stages() =>
        [.. Context.Statuses.Select(status => Reel.Orchestration.OrchestrationJson.Read<GenerationState>(status)!.Stage).Distinct()];
}
