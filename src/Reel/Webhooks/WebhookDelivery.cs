using Microsoft.Extensions.Logging;
using Reel.Orchestration;

namespace Reel.Webhooks;

/// <summary>
/// The orchestration that delivers one event: attempt, durable timer, attempt, until it is heard or is of no more use. Somebody who asks for it meanwhile
/// gets an attempt at once, beside those of the schedule.
/// </summary>
public sealed partial class WebhookDelivery
{
    /// <summary>The orchestration's name in histories.</summary>
    public const string FunctionName = "DeliverWebhook";

    /// <summary>The event that has an attempt made at once; its payload is ignored.</summary>
    public const string WakeEvent = "wake";

    /// <summary>The most attempts that are made because somebody asked.</summary>
    public const int MostWoken = 10;

    private const int GoneStatus = 410;

    // A history is read again at each round.
    private const int BusyRoundsOfAnExecution = 50;

    // For about two days: what it writes has to be there for who wants to send it again.
    private static readonly RetryPolicy UntilItIsNoted = new(60, TimeSpan.FromSeconds(5), MaxInterval: TimeSpan.FromHours(1));

    private readonly IOrchestrationContext context;
    private readonly WebhookEvent webhook;
    private readonly ILogger log;
    private readonly DateTimeOffset startedAt;
    private DeliveryResume? resume;
    private DeliveryProgress progress;
    private Task wake;
    private int woken;
    private int step;
    private DateTimeOffset due;
    private bool isWoken;
    private int busyRounds;

    private WebhookDelivery(IOrchestrationContext context, WebhookEvent webhook)
    {
        this.context = context;
        this.webhook = webhook with { Resume = null };
        resume = webhook.Resume;
        startedAt = resume?.StartedAt ?? context.UtcNow;
        log = context.CreateReplaySafeLogger(typeof(WebhookDelivery).FullName!);
        progress = resume?.Progress ?? DeliveryProgress.Begin(webhook);
        (woken, step) = (progress.Woken ?? 0, resume?.Step ?? 1);
        wake = context.WaitForEvent<string?>(WakeEvent);
    }

    /// <summary>The orchestration's name with its types.</summary>
    public static OrchestrationName<WebhookEvent, DeliveryResult> Name { get; } = new(FunctionName);

    /// <summary>Delivers an event, or gives it up.</summary>
    public static Task<DeliveryResult> RunAsync(IOrchestrationContext context, WebhookEvent webhook) => new WebhookDelivery(context, webhook).RunAsync();

    private async Task<DeliveryResult> RunAsync()
    {
        // What the execution returns that goes on in another is ignored.
        if (await DeliverAsync(webhook.Schedule ?? DeliverySchedule.Default) is not var (end, last))
            return new DeliveryResult(progress.State, DeliveryEnd.Broken, progress.Attempts);

        context.SetCustomStatus(progress = progress.End(end));
        LogEnd(log, webhook.Id, end, progress.Attempts);
        await SettleAsync(end);
        return new DeliveryResult(progress.State, end, progress.Attempts, last.Status);
    }

    /// <summary>Null when it goes on in another execution.</summary>
    private async Task<(DeliveryEnd End, AttemptOutcome Last)?> DeliverAsync(IReadOnlyList<TimeSpan> schedule)
    {
        TimeSpan? asked = null;
        for (; ; step++)
        {
            due = resume?.Due ?? DeliverySchedule.Due(context.UtcNow, webhook.Id, step, schedule[step - 1], asked);
            while (isWoken = resume?.IsWoken ?? await IsWokenBeforeDue())
            {
                // The schedule goes on as it was, but for a receiver that asks for a pause.
                if (await AttemptAsync() is not { } extra) return null;
                if (EndAfter(extra) is { } early) return (early, extra);
                var pause = DeliverySchedule.Due(context.UtcNow, webhook.Id, step, TimeSpan.Zero, extra.RetryAfter);
                if (pause > due) due = pause;
            }

            if (await AttemptAsync() is not { } outcome) return null;
            if (EndAfter(outcome) is { } end) return (end, outcome);
            if (step == schedule.Count) return (DeliveryEnd.Exhausted, outcome);
            asked = outcome.RetryAfter;
        }
    }

    /// <summary>Waits; true when somebody asked for an attempt before the time came.</summary>
    private async Task<bool> IsWokenBeforeDue()
    {
        context.SetCustomStatus(progress with { NextAttemptAt = due });
        while (context.UtcNow < due)
        {
            if (woken == MostWoken)
            {
                await context.CreateTimer(due);
                continue;
            }

            using var stopTimer = new CancellationTokenSource();
            await Task.WhenAny(context.CreateTimer(due, stopTimer.Token), wake);
            if (!wake.IsCompleted) continue;

            // A timer left behind would keep the instance busy until it fires.
            stopTimer.Cancel();
            progress = progress with { Woken = ++woken };
            context.SetCustomStatus(progress with { NextAttemptAt = context.UtcNow });
            return true;
        }

        return false;
    }

    /// <summary>An attempt, as soon as there is room for it; null when it goes on waiting for that in another execution.</summary>
    private async Task<AttemptOutcome?> AttemptAsync()
    {
        var number = progress.Attempts + 1;
        var (refusals, comeBackAt, ticket) = (resume?.Refusals ?? 0, resume?.ComeBackAt, resume?.Ticket);
        resume = null;
        AttemptOutcome outcome;
        while (true)
        {
            if (comeBackAt is { } until)
            {
                context.SetCustomStatus(progress with { NextAttemptAt = until, WaitsForRoom = true });
                while (context.UtcNow < until) await context.CreateTimer(until);
            }

            outcome = await CallAsync(number, refusals, ticket);
            if (outcome is not { Verdict: AttemptVerdict.Busy, RetryAfter: { } wait }) break;
            (refusals, comeBackAt, ticket) = (refusals + 1, context.UtcNow + wait, outcome.Ticket);

            // Rounds without a ticket are from before there were any: such a history may have more of them.
            if (ticket is not { } shown || ++busyRounds < BusyRoundsOfAnExecution) continue;
            context.ContinueAsNew(webhook with
            {
                Resume = new DeliveryResume(startedAt, progress, step, due, isWoken, refusals, context.UtcNow + wait, shown),
            });
            return null;
        }

        if (outcome.Verdict != AttemptVerdict.Paused) progress = progress.After(number, outcome);

        // Whoever asked for an attempt before this one was made has it.
        while (wake.IsCompleted) wake = context.WaitForEvent<string?>(WakeEvent);
        return outcome;
    }

    private async Task<AttemptOutcome> CallAsync(int number, int refusals, long? ticket)
    {
        try
        {
            return await context.CallAsync(AttemptWebhookActivity.Name, new WebhookAttemptInput(webhook, number, context.InstanceId, refusals, ticket));
        }
        catch (TaskFailedException e)
        {
            // A fault on this side, such as a store that does not answer while links are made, or a process that ends after it has sent: one
            // attempt lost, not the delivery. The status is read by the caller, so the reason stays in the log.
            LogFault(log, webhook.Id, number, e.Reason);
            return new AttemptOutcome(AttemptVerdict.Failed, context.UtcNow, Error: "the attempt broke off on this side");
        }
    }

    /// <summary>Sees that what was not heard can be found and sent again, and what was heard at last is not.</summary>
    private async Task SettleAsync(DeliveryEnd end)
    {
        if (DeliveryIds.Parse(context.InstanceId) is not { } delivery) return;
        var isMissed = end is DeliveryEnd.Exhausted or DeliveryEnd.Gone or DeliveryEnd.Paused;
        if (isMissed || (end == DeliveryEnd.Heard && delivery.Number > 0)) await SettleAsync(context, log, context.InstanceId, webhook, end);
    }

    /// <summary>The same for who has waited for a delivery that broke off, since that cannot do it itself.</summary>
    internal static async Task SettleAsync(IOrchestrationContext context, ILogger log, string instanceId, WebhookEvent webhook, DeliveryEnd end)
    {
        try
        {
            await context.CallAsync(
                SettleDeliveryActivity.Name, new SettleDeliveryInput(instanceId, webhook.Id, webhook.Timestamp, webhook.Url, end), UntilItIsNoted);
        }
        catch (TaskFailedException e)
        {
            LogNotSettled(log, webhook.Id, end, e.Reason);
        }
    }

    private static DeliveryEnd? EndAfter(AttemptOutcome outcome) => outcome switch
    {
        { Verdict: AttemptVerdict.Delivered } => DeliveryEnd.Heard,
        { Verdict: AttemptVerdict.Paused } => DeliveryEnd.Paused,
        { Status: GoneStatus } => DeliveryEnd.Gone,
        { AbortRequested: true } => DeliveryEnd.Aborted,
        _ => null,
    };

    [LoggerMessage(LogLevel.Error, "Webhook {EventId}, attempt {Attempt} broke off on this side: {Reason}")]
    private static partial void LogFault(ILogger logger, string eventId, int attempt, string reason);

    [LoggerMessage(LogLevel.Information, "Webhook {EventId} ended {End} after {Attempts} attempts")]
    private static partial void LogEnd(ILogger logger, string eventId, DeliveryEnd end, int attempts);

    [LoggerMessage(LogLevel.Error, "Webhook {EventId} ended {End}, which could not be noted for its endpoint: {Reason}")]
    private static partial void LogNotSettled(ILogger logger, string eventId, DeliveryEnd end, string reason);
}
