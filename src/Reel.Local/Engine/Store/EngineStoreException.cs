using Reel.Orchestration;

namespace Reel.Local.Engine.Store;

/// <summary>
/// The engine's file cannot be opened, read or written: the disk is full or read-only, the file is damaged, or another process holds the
/// folder. A call that ends with this may be repeated; whether it took effect is unknown only when the disk failed during the flush itself.
/// </summary>
public sealed class EngineStoreException : OrchestrationUnavailableException
{
    public EngineStoreException(string message, Exception? inner = null, bool mayHaveHappened = false)
        : base(message, inner, mayHaveHappened) => IsAboutTheStore = true;

    internal EngineStoreException(string message, bool isAboutTheStore) : base(message) => IsAboutTheStore = isAboutTheStore;

    /// <summary>True when any other write would have failed too; false when it lies in this one, such as a value that is too big.</summary>
    internal bool IsAboutTheStore { get; }
}
