using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Reel.Webhooks;

/// <summary>
/// When the next attempt is due. Waits are lengthened by up to a tenth, so that what failed together does not come back together; by how
/// much follows from the event's id and the attempt, so that an orchestrator may ask again and hear the same.
/// </summary>
public static class DeliverySchedule
{
    /// <summary>The longest share of a wait that is added to it.</summary>
    public const double MaxJitter = 0.1;

    /// <summary>A receiver may ask for a pause of a day at most.</summary>
    public static TimeSpan MaxRetryAfter { get; } = TimeSpan.FromDays(1);

    /// <summary>
    /// Ten attempts over some three days. Events that were recorded without a schedule rest on it, so it is not to be changed.
    /// </summary>
    public static IReadOnlyList<TimeSpan> Default { get; } =
    [
        TimeSpan.Zero,
        TimeSpan.FromSeconds(5),
        TimeSpan.FromMinutes(5),
        TimeSpan.FromMinutes(30),
        TimeSpan.FromHours(2),
        TimeSpan.FromHours(5),
        TimeSpan.FromHours(10),
        TimeSpan.FromHours(14),
        TimeSpan.FromHours(20),
        TimeSpan.FromHours(24),
    ];

    /// <summary>
    /// When an attempt may begin: after its wait, or what the receiver asked for where that is longer. On a whole second, since timers may
    /// be cut to one.
    /// </summary>
    /// <param name="attempt">1 for the first.</param>
    public static DateTimeOffset Due(DateTimeOffset now, string eventId, int attempt, TimeSpan wait, TimeSpan? retryAfter = null)
    {
        var asked = retryAfter > MaxRetryAfter ? MaxRetryAfter : retryAfter;
        var longer = asked > wait ? asked.Value : wait;
        if (longer <= TimeSpan.Zero) return now;

        var due = now + (longer * (1 + (MaxJitter * Fraction(eventId, attempt))));
        var beyond = due.UtcTicks % TimeSpan.TicksPerSecond;
        return beyond == 0 ? due : due.AddTicks(TimeSpan.TicksPerSecond - beyond);
    }

    private static double Fraction(string eventId, int attempt)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{eventId}:{attempt}"));
        return BinaryPrimitives.ReadUInt32BigEndian(hash) / (double)uint.MaxValue;
    }
}
