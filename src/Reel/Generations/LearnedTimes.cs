namespace Reel.Generations;

/// <summary>What was seen of renders of one kind, as it is kept in blob storage: moments of the logarithm of their seconds.</summary>
/// <param name="Count">How many were seen since it was begun, or begun anew.</param>
/// <param name="MeanLog">The mean; of more than <see cref="Memory"/>, recent ones count for more.</param>
/// <param name="Variance">Likewise.</param>
/// <param name="Drift">By how many deviations the last ten or so were off, on average and with their sign.</param>
public sealed record LearnedTimes(int Count, double MeanLog, double Variance, double Drift = 0)
{
    /// <summary>
    /// How many are remembered. The more, the steadier the plan: at 500 its checks and its lag differ by two percent or so from those of one that knows
    /// the truth. What has changed is noticed by <see cref="Drift"/> and not waited for.
    /// </summary>
    public const int Memory = 500;

    // The page's figure weighs half when so many were seen, and with their square less and less. Its spread is a wide one.
    private const double PageCount = 3;
    private const double PageVariation = 0.5;

    private const double LeastDeviation = 0.05;
    private const int LeastForMedian = 3;
    private const double MostLog = 20; // Fifteen years.

    // Chance alone takes ten to be off by a whole deviation about once in a hundred thousand renders.
    private const double DriftWeight = 0.1;
    private const double MostDrift = 1;
    private const int LeastForDrift = 30;
    private const double MostOff = 3;

    /// <summary>Before anything was seen.</summary>
    public static LearnedTimes None { get; } = new(0, 0, 0);

    /// <summary>The seconds that half of them took no longer than; null when too few were seen.</summary>
    public double? Median() => Count < LeastForMedian ? null : Math.Round(Math.Exp(MeanLog), 1);

    /// <summary>False for what no render can have led to, such as a damaged record.</summary>
    public bool IsSound() => Count >= 0 && Math.Abs(MeanLog) <= MostLog && Variance is >= 0 and <= MostLog * MostLog && Math.Abs(Drift) <= MostOff;

    /// <summary>
    /// With one more. What is far off counts as just far off, so that a few odd ones do little; but when many are off to the same side, the past is
    /// forgotten.
    /// </summary>
    /// <param name="rendered">Above 0.</param>
    /// <param name="typicalSeconds">See <see cref="Expect"/>.</param>
    public LearnedTimes With(RenderedTime rendered, double typicalSeconds)
    {
        var expected = Expect(typicalSeconds);
        var (mean, unsure) = expected.Within(rendered.After, rendered.By);
        var off = (mean - expected.MeanLog) / expected.Deviation;
        var drift = Drift + DriftWeight * (Math.Clamp(off, -MostOff, MostOff) - Drift);
        if (Count >= LeastForDrift && Math.Abs(drift) > MostDrift) return None.With(rendered, typicalSeconds);

        // The first ones may well show that the page is far off.
        var most = MostOff + 20.0 / (Count + 1);
        var shift = expected.MeanLog + Math.Clamp(off, -most, most) * expected.Deviation - MeanLog;
        var weight = 1.0 / Math.Min(Count + 1, Memory);
        return new LearnedTimes(
            Math.Min(Count, int.MaxValue - 1) + 1,
            Round(MeanLog + weight * shift),
            Round((1 - weight) * (Variance + weight * shift * shift) + weight * unsure),
            Round(drift));
    }

    /// <summary>What to expect: the page's figure, and soon what was seen.</summary>
    /// <param name="typicalSeconds">By the model's page.</param>
    public RenderSpread Expect(double typicalSeconds)
    {
        var page = RenderSpread.Of(typicalSeconds, PageVariation);
        var unseen = PageCount * PageCount / (PageCount * PageCount + (double)Count * Count);
        var apart = MeanLog - page.MeanLog;
        var variance = (1 - unseen) * Variance + unseen * page.Deviation * page.Deviation + unseen * (1 - unseen) * apart * apart;
        return new RenderSpread(page.MeanLog + (1 - unseen) * apart, Math.Max(Math.Sqrt(variance), LeastDeviation));
    }

    // Finer than anything that is learned, and a record of the same length on every machine.
    private static double Round(double value) => Math.Round(value, 8);
}
