namespace Reel.Orchestration;

/// <summary>The engine cannot make anything durable at the moment (a full or read-only disk, a lost store). What was asked has not happened.</summary>
public class OrchestrationUnavailableException(string message, Exception? innerException = null) : Exception(message, innerException);
