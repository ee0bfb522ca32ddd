namespace Reel.Benchmarks;

/// <summary>Something measured.</summary>
/// <param name="Name">Snake case; stays the same from version to version, so that files can be compared.</param>
/// <param name="Unit">Such as ms, MiB or 1/s; empty for a count.</param>
/// <param name="Target">What it should be; null when it is only of interest.</param>
internal sealed record Figure(string Name, double Value, string Unit, Target? Target = null)
{
    /// <summary>Null when it has no target.</summary>
    public bool? IsMet => Target?.IsMet(Value);
}

/// <summary>A bound that a figure should keep to.</summary>
internal sealed record Target(TargetKind Kind, double Bound)
{
    public static Target Below(double bound) => new(TargetKind.Below, bound);

    public static Target AtLeast(double bound) => new(TargetKind.AtLeast, bound);

    public static Target Exactly(double bound) => new(TargetKind.Exactly, bound);

    public bool IsMet(double value) => Kind switch
    {
        TargetKind.Below => value < Bound,
        TargetKind.AtLeast => value >= Bound,
        _ => value == Bound,
    };

    public override string ToString() => Kind switch
    {
        TargetKind.Below => $"< {Bound:#,0.###}",
        TargetKind.AtLeast => $">= {Bound:#,0.###}",
        _ => $"= {Bound:#,0.###}",
    };
}

/// <summary>The kinds of bounds.</summary>
internal enum TargetKind
{
    Below,
    AtLeast,
    Exactly,
}
