namespace Reel.Local.Engine.Store;

/// <summary>
/// Writes that are durable together or not at all. It shares its transaction, and the flush to disk, with whatever else waits; all three
/// methods run on the writer's thread.
/// </summary>
internal abstract class StoreCommit
{
    /// <summary>Makes the writes. It may be called again after a transaction that failed, so it changes nothing but the database.</summary>
    public abstract void Apply(StoreWrites writes);

    /// <summary>The writes are durable: now, and not before, memory and the outer world may follow. Must not block or throw.</summary>
    public abstract void Committed();

    /// <summary>The writes were not made.</summary>
    public abstract void Failed(EngineStoreException error);
}

/// <summary>A commit that somebody waits for.</summary>
/// <param name="committed">What memory does once the writes are durable.</param>
internal sealed class AwaitedCommit<T>(Func<StoreWrites, T> apply, Action<T>? committed) : StoreCommit
{
    private readonly TaskCompletionSource<T> source = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T result = default!;

    public Task<T> Completion => source.Task;

    public override void Apply(StoreWrites writes) => result = apply(writes);

    public override void Committed()
    {
        committed?.Invoke(result);
        source.SetResult(result);
    }

    public override void Failed(EngineStoreException error) => source.SetException(error);
}
