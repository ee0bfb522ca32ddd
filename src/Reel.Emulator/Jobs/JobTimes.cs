namespace Reel.Emulator.Jobs;

/// <summary>How long jobs wait and render: the same for the same seed and job number, whatever ran between.</summary>
internal sealed class JobTimes(int seed, double speed)
{
    // Spread of the logarithm: nine of ten renders take 0.75 to 1.35 times the typical time.
    private const double Spread = 0.18;

    public (TimeSpan Queue, TimeSpan Render) Draw(long number, double typicalSeconds)
    {
        var random = new Random(HashOf(seed, number));
        var queue = 1 + (2 * random.NextDouble());
        var bell = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        var total = typicalSeconds * Math.Clamp(Math.Exp(Spread * bell), 0.5, 2.5);
        return (TimeSpan.FromSeconds(queue / speed), TimeSpan.FromSeconds((total - queue) / speed));
    }

    // HashCode.Combine differs from process to process.
    private static int HashOf(int seed, long number)
    {
        var mixed = unchecked(((ulong)(uint)seed << 32 | (uint)number) * 0x9E3779B97F4A7C15UL);
        return (int)(mixed >> 33);
    }
}
