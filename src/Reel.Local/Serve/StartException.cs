namespace Reel.Local.Serve;

/// <summary>Something about this machine or its settings that keeps Reel from starting; the message says what to do.</summary>
internal sealed class StartException(string message, Exception? innerException = null) : Exception(message, innerException);
