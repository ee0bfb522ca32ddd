using Microsoft.Extensions.Logging;
using Reel.Orchestration;
using Reel.Webhooks;

namespace Reel.Generations;

/// <summary>
/// One request: submit, wait on durable timers until the render is done, save the video, tell the webhook. Replayed many times: every
/// decision in here comes from the input, from activities or from the context.
/// </summary>
public sealed partial class GenerationOrchestrator
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan MostSubmitRetry = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan MostSaveRetry = TimeSpan.FromMinutes(15);

    /// <summary>How long the provider keeps a file (its documentation).</summary>
    private static readonly TimeSpan FileLifetime = TimeSpan.FromDays(7);

    /// <summary>A record may take a moment until it can be read everywhere.</summary>
    private static readonly TimeSpan FirstRead = TimeSpan.FromSeconds(15);

    /// <summary>How long past its deadline a paid render is asked about when the provider does not say how it stands: it keeps a record for an hour.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromHours(1);

    // Three misses in a row are no accident.
    private const int MissesUntilGone = 3;

    private readonly IOrchestrationContext context;
    private readonly GenerationRequest request;
    private readonly ILogger log;
    private readonly Task cancelled;

    /// <summary>The webhooks under way. They end before the orchestrator does, and nothing waits for them before.</summary>
    private readonly List<Task> told = [];

    /// <summary>What there is to learn from the render; null for nothing.</summary>
    private RenderedTime? rendered;

    /// <summary>The final webhook whose delivery broke off; null for none.</summary>
    private (string Instance, WebhookEvent Webhook)? broken;

    private GenerationState state = GenerationState.Accepted;

    private GenerationOrchestrator(IOrchestrationContext context, GenerationRequest request)
    {
        this.context = context;
        this.request = request;
        log = context.CreateReplaySafeLogger("Reel.Generations");
        cancelled = context.WaitForEvent<string?>(Orchestrations.CancelEvent);
    }

    /// <summary>Runs a request to its end; the result is a final state.</summary>
    public static async Task<GenerationState> RunAsync(IOrchestrationContext context, GenerationRequest request)
    {
        var generation = new GenerationOrchestrator(context, request);
        try
        {
            generation.Tell();
            if (await generation.SubmitAsync() && await generation.RenderAsync() is { } render) await generation.SaveAsync(render);
        }
        catch (Exception defect)
        {
            // Whoever waits for the webhook is told even so.
            LogDefect(generation.log, request.RequestId, defect);
            generation.Fail(ErrorCodes.Internal, "A defect of Reel's own; its log says which.", generation.state.RenderedAt is null ? Charged.Unknown : Charged.Yes);
        }

        await Task.WhenAll(generation.told);

        // At the very end, where no request that is under way can have gone on without it.
        if (generation.broken is var (delivery, webhook)) await WebhookDelivery.SettleAsync(context, generation.log, delivery, webhook, DeliveryEnd.Broken);
        return generation.state;
    }

    /// <summary>What was rendered; null when the request has FAILED.</summary>
    private async Task<CheckOutcome?> RenderAsync()
    {
        // What is paid for gets its time, however late it was accepted.
        var submittedAt = state.SubmittedAt!.Value;
        var deadline = Later(request.Deadline, submittedAt + TimeSpan.FromSeconds(2 * request.Polling.TypicalSeconds));
        string? trouble = null;
        var workingAt = submittedAt;
        for (var misses = 0; ;)
        {
            var next = context.UtcNow + state.NextCheck(request, context.UtcNow - submittedAt);
            if (await IsCancelledBefore(context.UtcNow < deadline ? Earlier(next, deadline) : next, Stage.Rendering, trouble))
                return Failed(ErrorCodes.Canceled, "Cancelled while it was rendered. The provider has no way to stop and may charge for it.", Charged.Unknown);

            var askedAt = context.UtcNow;
            var check = await CallCheckAsync(new CheckInput(state.ProviderRequestId!));
            switch (check.Kind)
            {
                case CheckKind.Completed:
                    if (state.Plan?.Kind is { } kind) rendered = RenderedTime.Of(kind, workingAt - submittedAt, context.UtcNow - submittedAt, check.Metrics);
                    Show(state with
                    {
                        Status = GenerationStatus.Processing,
                        Stage = Stage.Saving,
                        RenderedAt = context.UtcNow,
                        ProviderUrl = check.Url,
                        Metrics = check.Metrics,
                        Plan = null,
                        Trouble = null,
                        RetryAt = null,
                    });
                    LogRendered(log, request.RequestId);
                    return check;
                case CheckKind.Failed:
                    state = state with { Metrics = check.Metrics };
                    return Failed(check.ContentBlocked ? ErrorCodes.ContentBlocked : ErrorCodes.ProviderFailed, check.Error, Charged.No);
                case CheckKind.NotFound when context.UtcNow - submittedAt > FirstRead && ++misses >= MissesUntilGone:
                    return Failed(ErrorCodes.Expired, "The provider no longer knows the request; it forgets one an hour after it ended.", Charged.Unknown);
                case CheckKind.Processing:
                    Show(state with { Status = GenerationStatus.Processing });
                    break;
            }

            if (check.Kind is CheckKind.Queued or CheckKind.Processing) workingAt = askedAt;
            if (check.Kind is not CheckKind.NotFound) misses = 0;
            trouble = check.Kind is CheckKind.NotFound or CheckKind.Unreachable ? check.Error : null;
            if (context.UtcNow >= (trouble is null ? deadline : deadline + Grace))
                return Failed(ErrorCodes.TimedOut, "The render was not done before the deadline. The provider may still finish and charge for it.", Charged.Unknown);
        }
    }

    private async Task SaveAsync(CheckOutcome render)
    {
        var until = state.RenderedAt!.Value + FileLifetime;
        var input = new SaveVideoInput(
            request.RequestId, request.CallerId, state.ProviderRequestId!, render.Url!, render.Length, render.ContentType, rendered);
        var misses = 0;
        for (var tries = 1; ; tries++)
        {
            var saved = await CallSaveAsync(input);
            if (saved.Video is { } video)
            {
                Finish(state with { Status = GenerationStatus.Completed, Video = video, ProviderUrl = null, Charged = Charged.Yes });
                return;
            }

            if (saved.Fresh is { } fresh)
            {
                input = input with { Url = fresh.Url, Length = fresh.Length, ContentType = fresh.ContentType };
                state = state with { ProviderUrl = fresh.Url };
            }

            input = input with { Rendered = null };
            misses = saved.Gone ? misses + 1 : 0;
            var retryAt = context.UtcNow + Backoff.After(request.RequestId, tries, FirstRetry, MostSaveRetry);
            if (misses == MissesUntilGone || retryAt >= until)
            {
                Fail(ErrorCodes.SaveFailed, $"Rendered, but not saved while the provider kept the file. Last: {saved.Error}", Charged.Yes);
                return;
            }

            if (await IsCancelledBefore(retryAt, Stage.Saving, saved.Error))
            {
                Fail(ErrorCodes.Canceled, "Cancelled after it was rendered, before it was saved.", Charged.Yes);
                return;
            }
        }
    }
}
