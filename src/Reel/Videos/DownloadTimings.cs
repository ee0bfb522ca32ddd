namespace Reel.Videos;

/// <summary>How a download goes on when its connection breaks. Tests shorten it.</summary>
public sealed record DownloadTimings
{
    /// <summary>The ones that hold outside tests.</summary>
    public static DownloadTimings Default { get; } = new();

    /// <summary>How many breaks are overcome without <see cref="Progress"/> between them; after that the orchestration tries again later.</summary>
    public int Breaks { get; init; } = 5;

    /// <summary>The bytes further than ever before that count as progress.</summary>
    public int Progress { get; init; } = 1 << 20;

    /// <summary>After the first break; doubled for each one after without progress.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The bytes that must come within <see cref="VideoOptions.StallTimeout"/>, or the connection is taken for a stalled one: 2 KiB a second by default.</summary>
    public int LeastBytes { get; init; } = 64 << 10;
}
