using System.Globalization;

namespace Reel.Webhooks;

/// <summary>
/// The ids of deliveries: an underscore, the caller's key id, the request's or batch's id, the event's type, and for a redelivery its number. So all
/// deliveries of a request are a prefix. Neither key ids nor the other parts have underscores.
/// </summary>
public static class DeliveryIds
{
    /// <summary>The prefix of all deliveries.</summary>
    public const string Prefix = Separator;

    /// <summary>The most redeliveries of one event that can be asked for one by one; sending what an endpoint has missed may add to them.</summary>
    public const int MostRedeliveries = 99;

    private const string Separator = "_";
    private const string ResendPrefix = "____";

    /// <summary>The prefix of all deliveries of a request or a batch.</summary>
    public static string PrefixOf(string callerId, string subjectId) => Prefix + callerId + Separator + subjectId + Separator;

    /// <summary>The delivery of an event that begins by itself.</summary>
    public static string First(string callerId, string subjectId, string type) => PrefixOf(callerId, subjectId) + type;

    /// <summary>A delivery of the same event that somebody asked for.</summary>
    /// <param name="number">From 1.</param>
    public static string Redelivery(string firstId, int number) => string.Create(CultureInfo.InvariantCulture, $"{firstId}{Separator}{number:D2}");

    /// <summary>What an id says; null for one that is no delivery's.</summary>
    public static DeliveryName? Parse(string? instanceId) => instanceId?.Split(Separator) switch
    {
        ["", { Length: > 0 } caller, var subject, var type] => new DeliveryName(caller, subject, type, 0),
        ["", { Length: > 0 } caller, var subject, var type, var number] when int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var known) =>
            new DeliveryName(caller, subject, type, known),
        _ => null,
    };

    /// <summary>The prefix of the resendings to an endpoint; see <see cref="ResendMissed"/>.</summary>
    public static string PrefixOfResend(WebhookEndpoint endpoint) => ResendPrefix + endpoint.CallerId + Separator + endpoint.Key + Separator;

    /// <summary>A resending to an endpoint.</summary>
    public static string Resend(WebhookEndpoint endpoint, int number) => string.Create(CultureInfo.InvariantCulture, $"{PrefixOfResend(endpoint)}{number:D6}");

    /// <summary>Which resending an id is.</summary>
    public static int NumberOfResend(string instanceId) =>
        int.Parse(instanceId.AsSpan(instanceId.LastIndexOf(Separator, StringComparison.Ordinal) + 1), CultureInfo.InvariantCulture);
}

/// <summary>What a delivery's id says.</summary>
/// <param name="SubjectId">The request's or batch's id.</param>
/// <param name="Number">0 for the one that began by itself, from 1 for those that somebody asked for.</param>
public sealed record DeliveryName(string CallerId, string SubjectId, string Type, int Number)
{
    /// <summary>The id of the first delivery of this event.</summary>
    public string FirstId => DeliveryIds.First(CallerId, SubjectId, Type);
}
