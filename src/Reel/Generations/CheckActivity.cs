using Reel.Orchestration;
using Reel.Segmind;

namespace Reel.Generations;

/// <summary>Asks how a render stands and, once it is done, for its result. Safe to repeat.</summary>
public sealed class CheckActivity(ISegmindClient segmind) : IActivity<CheckInput, CheckOutcome>
{
    /// <inheritdoc/>
    public async Task<CheckOutcome> RunAsync(CheckInput input, CancellationToken cancellationToken)
    {
        return await segmind.GetStatusAsync(input.ProviderRequestId, cancellationToken) switch
        {
            StatusAnswer.Working { State: RenderState.Queued } => new CheckOutcome(CheckKind.Queued),
            StatusAnswer.Working => new CheckOutcome(CheckKind.Processing),
            StatusAnswer.Completed => await GetResultAsync(input.ProviderRequestId, cancellationToken),
            StatusAnswer.Failed failed => Failed(failed.Error, failed.Metrics),
            StatusAnswer.NotFound => new CheckOutcome(CheckKind.NotFound, "The provider does not know the request."),
            StatusAnswer.Refused refused => new CheckOutcome(CheckKind.Unreachable, refused.Error),
            StatusAnswer.Unreachable unreachable => new CheckOutcome(CheckKind.Unreachable, unreachable.Error),
            var other => throw new InvalidOperationException($"An answer of no known kind: {other.GetType().Name}."),
        };
    }

    private async Task<CheckOutcome> GetResultAsync(string providerRequestId, CancellationToken cancellationToken)
    {
        return await segmind.GetResultAsync(providerRequestId, cancellationToken) switch
        {
            ResultAnswer.Completed { Video: var video, Metrics: var metrics } =>
                new CheckOutcome(CheckKind.Completed, Url: video.Url, Length: video.FileSize, ContentType: video.ContentType, Metrics: metrics),
            ResultAnswer.Working => new CheckOutcome(CheckKind.Processing),
            ResultAnswer.Failed failed => Failed(failed.Error, failed.Metrics),
            ResultAnswer.NotFound => new CheckOutcome(CheckKind.NotFound, "The provider does not know the request."),
            ResultAnswer.Refused refused => new CheckOutcome(CheckKind.Unreachable, refused.Error),
            ResultAnswer.Unreachable unreachable => new CheckOutcome(CheckKind.Unreachable, unreachable.Error),
            var other => throw new InvalidOperationException($"An answer of no known kind: {other.GetType().Name}."),
        };
    }

    private static CheckOutcome Failed(string error, RenderMetrics? metrics) =>
        new(CheckKind.Failed, error, FailureCauses.Of(error) == FailureCause.ContentBlocked, Metrics: metrics);
}
