namespace Reel.Generations;

/// <summary>How long renders of a kind take: a lognormal distribution, as latencies mostly are.</summary>
/// <param name="MeanLog">The mean of the logarithm of the seconds.</param>
/// <param name="Deviation">The standard deviation of that logarithm; above 0.</param>
public sealed record RenderSpread(double MeanLog, double Deviation)
{
    // Below this the distribution says nothing of where in a span a render ended; what is computed would be noise.
    private const double LeastShare = 1e-5;

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
        var z = Place(seconds);
        return Density(z) / (Deviation * seconds * Survival(z));
    }

    /// <summary>
    /// The mean and the variance of the logarithm of the seconds of renders that end in a span: what is known of one of which is known only between which
    /// two checks it ended. Taking the middle of the span instead makes the spread look wider than it is.
    /// </summary>
    /// <param name="after">Seconds; 0 or more.</param>
    /// <param name="by">Seconds; <paramref name="after"/> or more, and above 0.</param>
    public (double Mean, double Variance) Within(double after, double by)
    {
        if (after >= by) return (Math.Log(by), 0);

        var (low, high) = (Place(after), Place(by));
        var share = low > 0 ? Survival(low) - Survival(high) : Survival(-high) - Survival(-low);
        if (share < LeastShare) return (Math.Clamp(MeanLog, Math.Log(after), Math.Log(by)), 0);

        var shift = (Density(low) - Density(high)) / share;
        var narrowing = (LowerTerm(low) - high * Density(high)) / share - shift * shift;
        return (MeanLog + shift * Deviation, Math.Max(0, 1 + narrowing) * Deviation * Deviation);
    }

    private double Place(double seconds) => (Math.Log(seconds) - MeanLog) / Deviation;

    private static double LowerTerm(double z) => double.IsNegativeInfinity(z) ? 0 : z * Density(z);

    private static double Density(double z) => Math.Exp(-z * z / 2) / Math.Sqrt(2 * Math.PI);

    // Abramowitz and Stegun 26.2.17; off by less than 1e-7.
    private static double Survival(double z)
    {
        if (double.IsInfinity(z)) return z > 0 ? 0 : 1;
        var t = 1 / (1 + 0.2316419 * Math.Abs(z));
        var tail = Density(z) * t * (0.319381530 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
        return z >= 0 ? tail : 1 - tail;
    }
}
