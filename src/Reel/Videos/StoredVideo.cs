namespace Reel.Videos;

/// <summary>A video in the blob store, whole and checked.</summary>
/// <param name="BlobName">Its name in the container.</param>
/// <param name="Length">In bytes.</param>
/// <param name="Sha256">Over its bytes as they came from the provider; lower-case hex.</param>
/// <param name="ContentType">A video type, such as video/mp4.</param>
/// <param name="SavedAt">When it was committed, by the store's clock.</param>
/// <param name="ETag">Its version in the store.</param>
public sealed record StoredVideo(string BlobName, long Length, string Sha256, string ContentType, DateTimeOffset SavedAt, string ETag);

/// <summary>Where a video is to be had, as the provider announced it.</summary>
/// <param name="Url">http or https. It needs no key, so it is as good as the video: it is never logged.</param>
/// <param name="ExpectedLength">The announced length in bytes; null when none was.</param>
/// <param name="ContentType">The announced type; null when none was.</param>
/// <param name="Spent">How much of the time for the download (<see cref="VideoOptions.DownloadTimeout"/>) has gone by before it begins.</param>
public sealed record VideoSource(Uri Url, long? ExpectedLength = null, string? ContentType = null, TimeSpan Spent = default);

/// <summary>A link that reads one video and does nothing else.</summary>
/// <param name="Url">Holds a signature: whoever has it can read the video. Never to be logged.</param>
/// <param name="ExpiresAt">When it stops working, by the store's clock.</param>
public sealed record VideoLink(Uri Url, DateTimeOffset ExpiresAt);

/// <summary>A video opened for reading.</summary>
/// <param name="Content">Seekable; reads ahead 256 KiB at a time from wherever it stands. To be disposed.</param>
public sealed record OpenedVideo(StoredVideo Video, Stream Content);
