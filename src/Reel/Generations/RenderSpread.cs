namespace Reel.Generations;

/// <summary>How long renders of a kind take: a lognormal distribution, as latencies mostly are.</summary>
/// <param name="MeanLog">The mean of the logarithm of the seconds.</param>
/// <param name="Deviation">The standard deviation of that logarithm; above 0.</param>
public sealed record RenderSpread(double MeanLog, double Deviation)
{
    /// <summary>By mean seconds and coefficient of variation.</summary>
    public static RenderSpread Of(double mean, double variation)
    {
        var variance = Math.Log(1 + variation * variation);
        return new RenderSpread(Math.Log(mean) - variance / 2, Math.Sqrt(variance));
    }

    /// <summary>The seconds that so many deviations are above the median.</summary>
    public double At(double deviations) => Math.Exp(MeanLog + deviations * Deviation);

    /// <summary>The chance per second that a render of this age ends now. Of use up to three deviations above the median.</summary>
    public double Hazard(double seconds)
    {
        var z = (Math.Log(seconds) - MeanLog) / Deviation;
        return Density(z) / (Deviation * seconds * Survival(z));
    }

    private static double Density(double z) => Math.Exp(-z * z / 2) / Math.Sqrt(2 * Math.PI);

    // Abramowitz and Stegun 26.2.17; off by less than 1e-7.
    private static double Survival(double z)
    {
        var t = 1 / (1 + 0.2316419 * Math.Abs(z));
        var tail = Density(z) * t * (0.319381530 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
        return z >= 0 ? tail : 1 - tail;
    }
}
