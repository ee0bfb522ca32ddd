using Reel.Local.Engine.Store;

namespace Reel.Local.Engine;

/// <summary>Where tests put their thumb on the scale: what happens around each transaction, on the writer's thread.</summary>
internal sealed class EngineFaults
{
    /// <summary>A transaction is about to begin on this connection; throwing here fails it.</summary>
    public Action<StoreConnection>? BeforeBegin { get; set; }

    /// <summary>All is written, nothing is durable; throwing here fails the transaction.</summary>
    public Action? BeforeCommit { get; set; }

    /// <summary>All is durable, and nobody knows yet.</summary>
    public Action? AfterCommit { get; set; }

    /// <summary>1 takes the group out of group commit, so that every commit is a state of the file of its own.</summary>
    public int? MaxCommitsPerTransaction { get; set; }
}
