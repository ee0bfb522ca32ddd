namespace Reel.Records;

/// <summary>A record as it was read or written.</summary>
/// <param name="ETag">Its version; what <see cref="RecordStore.ReplaceAsync"/> wants to see unchanged.</param>
public sealed record Record<T>(T Value, string ETag);
