using Reel.Webhooks;

namespace Reel.Generations;

/// <summary>
/// Instance ids. A request's is the caller's key id and the request id, so that a caller's list is a prefix. What serves a request begins with
/// an underscore, which no key id can, and so stays out of every caller's list.
/// </summary>
/// <remarks>
/// On Azure Storage a prefix is a range of table keys that ends before the prefix with its last character plus one. After the underscore comes
/// the backtick; after a tilde would come a control character, which a table key must not have.
/// </remarks>
public static class InstanceIds
{
    /// <summary>The prefix of all deliveries.</summary>
    public const string DeliveryPrefix = DeliveryIds.Prefix;

    private const string Separator = "_";

    /// <summary>The prefix of all requests of a caller.</summary>
    public static string Prefix(string callerId) => callerId + Separator;

    /// <summary>A request's instance.</summary>
    public static string Of(string callerId, string requestId) => Prefix(callerId) + requestId;

    /// <summary>The delivery of one event of a request.</summary>
    public static string OfDelivery(string callerId, string requestId, string eventType) =>
        DeliveryIds.First(callerId, requestId, eventType);
}
