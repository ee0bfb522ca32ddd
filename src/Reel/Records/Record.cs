namespace Reel.Records;

/// <summary>A record as it was read or written.</summary>
/// <param name="ETag">Its version; what <see cref="RecordStore.ReplaceAsync"/> wants to see unchanged.</param>
public sealed record Record<T>(T Value, string ETag);

/// <summary>A version of a record, unread.</summary>
/// <param name="ChangedAt">When it was written, by the store's clock.</param>
public sealed record RecordVersion(string Name, string ETag, DateTimeOffset ChangedAt);

/// <summary>Records that are deleted by age.</summary>
/// <param name="Prefix">What their names begin with.</param>
/// <param name="InstanceOf">By a record's name, the instance that it serves: while there is that, it stays. Null for none, and null where age is all that counts.</param>
/// <param name="IsKept">Says by reading it whether a record stays, however old it is; null where none does.</param>
public sealed record RecordRule(string Prefix, Func<string, string?>? InstanceOf = null, Func<RecordStore, string, CancellationToken, Task<bool>>? IsKept = null);
