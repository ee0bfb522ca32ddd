namespace Reel.Emulator.Faults;

/// <summary>What the rules do to one request: any number that shape, and at most one that decides the answer.</summary>
internal sealed record Strike(IReadOnlyList<FaultRule> Shaping, FaultRule? Decisive)
{
    public static Strike None { get; } = new([], null);

    /// <summary>The names of all that struck, for the request log.</summary>
    public string? Names => Shaping.Count == 0 && Decisive is null
        ? null : string.Join(", ", Shaping.Append(Decisive).OfType<FaultRule>().Select(rule => rule.Kind));

    /// <summary>Whether a struck submit still makes a job.</summary>
    public bool Accepts => Decisive is null || (Decisive.Accept ?? FaultKind.All[Decisive.Kind].Accepts);

    public TimeSpan DelayBefore => Sum(rule => rule is { Kind: "delay", Before: true });

    public TimeSpan DelayAfter => Sum(rule => rule is { Kind: "delay", Before: not true });

    public TimeSpan ClockSkew => Sum(rule => rule.Kind is "clock_skew");

    public TimeSpan? RenderTime => Seconds("render_time");

    public long? GeneratedBytes => Find("file_size")?.Bytes;

    /// <summary>How long the record outlives the job's end; on a read, zero or absent means that it is gone.</summary>
    public TimeSpan? RecordLifetime => Seconds("expire_record");

    public TimeSpan? FileLifetime => Seconds("expire_file");

    public string? Failure => Find("fail_job") is { } rule ? rule.Error ?? Jobs.PromptMarkers.FailedText : null;

    private FaultRule? Find(string kind) => Shaping.FirstOrDefault(rule => rule.Kind == kind);

    private TimeSpan? Seconds(string kind) => Find(kind) is { } rule ? TimeSpan.FromSeconds(rule.Seconds ?? 0) : null;

    private TimeSpan Sum(Func<FaultRule, bool> of) => TimeSpan.FromSeconds(Shaping.Where(of).Sum(rule => rule.Seconds ?? 0));
}
