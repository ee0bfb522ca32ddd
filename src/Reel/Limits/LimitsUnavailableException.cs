namespace Reel.Limits;

/// <summary>Whether a caller's limits allow a request could not be found out. The request was not let in, and may be repeated.</summary>
public sealed class LimitsUnavailableException(Exception innerException)
    : Exception($"A caller's limits could not be looked up: {innerException.Message}", innerException);
