namespace Reel.Generations;

/// <summary>What was seen of renders of one kind, as it is kept in blob storage.</summary>
/// <param name="Count">How many were seen.</param>
/// <param name="MeanLog">The mean of the logarithm of their seconds; recent ones count for more.</param>
/// <param name="Variance">Of that logarithm.</param>
public sealed record LearnedTimes(int Count, double MeanLog, double Variance)
{
    // What the model's page says counts like so many renders that were seen, with a wide spread.
    private const double PageCount = 5;
    private const double PageVariation = 0.5;
    private const int Memory = 50;
    private const double LeastDeviation = 0.05;

    /// <summary>Before anything was seen.</summary>
    public static LearnedTimes None { get; } = new(0, 0, 0);

    /// <summary>With one more.</summary>
    /// <param name="seconds">Above 0.</param>
    public LearnedTimes With(double seconds)
    {
        var weight = 1.0 / Math.Min(Count + 1, Memory);
        var off = Math.Log(seconds) - MeanLog;
        return new LearnedTimes(Count == int.MaxValue ? Count : Count + 1, MeanLog + weight * off, (1 - weight) * (Variance + weight * off * off));
    }

    /// <summary>What to expect: the page's figure, and ever more what was seen.</summary>
    /// <param name="typicalSeconds">By the model's page.</param>
    public RenderSpread Expect(double typicalSeconds)
    {
        var page = RenderSpread.Of(typicalSeconds, PageVariation);
        var seen = Count / (Count + PageCount);
        var apart = MeanLog - page.MeanLog;
        var variance = seen * Variance + (1 - seen) * page.Deviation * page.Deviation + seen * (1 - seen) * apart * apart;
        return new RenderSpread(page.MeanLog + seen * apart, Math.Max(Math.Sqrt(variance), LeastDeviation));
    }
}
