namespace Reel.Generations;

/// <summary>
/// Instance ids. A request's is the caller's key id and the request id, so that a caller's list is a prefix. What serves a request begins with
/// a tilde, which no key id can, and so stays out of every caller's list.
/// </summary>
public static class InstanceIds
{
    /// <summary>The prefix of all requests of a caller.</summary>
    public static string Prefix(string callerId) => callerId + "~";

    /// <summary>A request's instance.</summary>
    public static string Of(string callerId, string requestId) => Prefix(callerId) + requestId;

    /// <summary>The delivery of one event of a request.</summary>
    public static string OfDelivery(string callerId, string requestId, string eventType) => $"~{Of(callerId, requestId)}~{eventType}";
}
