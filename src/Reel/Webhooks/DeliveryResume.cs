namespace Reel.Webhooks;

/// <summary>Where a delivery goes on that has begun a new history while it waited for room.</summary>
/// <param name="StartedAt">When the delivery began.</param>
/// <param name="Step">Of the schedule; 1 for the first.</param>
/// <param name="Due">When that step's attempt is due, or was.</param>
/// <param name="IsWoken">The attempt that waits is one that somebody asked for.</param>
/// <param name="Refusals">How often there was no room for it.</param>
/// <param name="ComeBackAt">When there may be.</param>
/// <param name="Ticket">See <see cref="AttemptEntry.Ticket"/>.</param>
public sealed record DeliveryResume(
    DateTimeOffset StartedAt,
    DeliveryProgress Progress,
    int Step,
    DateTimeOffset Due,
    bool IsWoken,
    int Refusals,
    DateTimeOffset ComeBackAt,
    long Ticket);
