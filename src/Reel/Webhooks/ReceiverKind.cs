namespace Reel.Webhooks;

/// <summary>What a process knows of a receiver, by which it has places.</summary>
internal enum ReceiverKind
{
    /// <summary>Nothing.</summary>
    New,

    /// <summary>It gives places back at once.</summary>
    Prompt,

    /// <summary>It hears, but takes its time, or has lately.</summary>
    Slow,

    /// <summary>It hung, or is known to fail.</summary>
    Failing,
}
