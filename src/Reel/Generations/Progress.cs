namespace Reel.Generations;

/// <summary>
/// How far a request is, as well as that can be known. The provider tells no progress: this is the time gone against the time that such renders
/// take. It follows from the request, its state and the clock alone, so that every process says the same, and it never goes back within a stage.
/// </summary>
/// <param name="Fraction">From 0 to 1 in thousandths. It is 1 when COMPLETED and less before, however late a render is.</param>
/// <param name="SecondsLeft">Until the video is there, as far as one can expect; more again when it is late. 0 when COMPLETED.</param>
public sealed record Progress(double Fraction, int SecondsLeft)
{
    // Of the way, most is the render. What is left is for saving, which goes by the video's size and the line.
    private const double RenderShare = 0.95;
    private const double SaveShare = 0.04;
    private const double SaveSeconds = 3;

    // Up to here a render goes on evenly, at the pace of a typical one; from here on it slows down.
    private const double EvenShare = 0.8;

    /// <summary>A request's progress; null when it has FAILED.</summary>
    public static Progress? At(Generation generation, DateTimeOffset now)
    {
        var (request, state) = generation;
        var waiting = Seconds(now, state.RetryAt);
        var render = RenderSeconds(request);
        return state switch
        {
            { Status: GenerationStatus.Failed } => null,
            { Status: GenerationStatus.Completed } => new Progress(1, 0),
            { Stage: Stage.Saving, RenderedAt: { } renderedAt } => Saving(Seconds(renderedAt, now), waiting),
            { SubmittedAt: { } submittedAt } => Rendering(Seconds(submittedAt, now), render),
            _ => Round(0, waiting + AheadSeconds(generation) + render + SaveSeconds),
        };
    }

    /// <summary>How long a caller who polls should wait: Reel itself learns nothing new before. 1 to 60 seconds.</summary>
    public static TimeSpan AskAgainAfter(Generation generation, DateTimeOffset now)
    {
        var (request, state) = generation;
        var seconds = state switch
        {
            { RetryAt: { } retryAt } => Seconds(now, retryAt),
            { Stage: Stage.Rendering, SubmittedAt: { } submittedAt } => state.NextCheck(request, TimeSpan.FromSeconds(Seconds(submittedAt, now))).TotalSeconds,
            _ => AheadSeconds(generation),
        };
        return TimeSpan.FromSeconds(Math.Clamp(Math.Ceiling(seconds), 1, 60));
    }

    // Its like, one after another.
    private static double AheadSeconds(Generation generation) => (generation.Ahead ?? 0) * (RenderSeconds(generation.Request) + SaveSeconds);

    private static double RenderSeconds(GenerationRequest request) => Math.Max(request.ExpectedSeconds ?? request.Polling.TypicalSeconds, 0.1);

    private static Progress Rendering(double age, double typical)
    {
        var late = age / typical - EvenShare;
        var done = late <= 0 ? age / typical : 1 - (1 - EvenShare) / (1 + late / (1 - EvenShare));

        // What has taken long already is likely to take longer still.
        return Round(RenderShare * done, Math.Max(typical - age, age / 5) + SaveSeconds);
    }

    private static Progress Saving(double age, double waiting) =>
        Round(RenderShare + SaveShare * age / (age + SaveSeconds), waiting + Math.Max(SaveSeconds - age, age / 5));

    private static Progress Round(double fraction, double seconds) =>
        new(Math.Floor(fraction * 1000) / 1000, (int)Math.Min(Math.Ceiling(seconds), int.MaxValue));

    // Clocks of two machines differ: what is yet to come has not begun.
    private static double Seconds(DateTimeOffset from, DateTimeOffset? to) => to is { } end ? Math.Max((end - from).TotalSeconds, 0) : 0;
}
