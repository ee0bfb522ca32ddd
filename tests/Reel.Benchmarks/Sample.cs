namespace Reel.Benchmarks;

/// <summary>Measured values, sorted.</summary>
internal sealed class Sample
{
    private readonly double[] sorted;

    public Sample(IEnumerable<double> values) => sorted = [.. values.Order()];

    public int Count => sorted.Length;

    public double Median => Percentile(50);

    public double Most => Percentile(100);

    /// <summary>How many are above a bound.</summary>
    public int Above(double bound) => sorted.Count(value => value > bound);

    /// <summary>The least value that so many percent are not above (nearest rank); NaN when nothing was measured.</summary>
    public double Percentile(double percent) =>
        sorted.Length == 0 ? double.NaN : sorted[Math.Max(0, (int)Math.Ceiling(percent / 100 * sorted.Length) - 1)];
}
