using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace Reel.Segmind;

/// <summary>The provider over HTTP/1.1. One for a whole process: it holds the connections and the breaker.</summary>
internal sealed partial class SegmindClient : ISegmindClient, IDisposable
{
    private readonly SegmindTimings timings;
    private readonly TimeProvider time;
    private readonly ILogger<SegmindClient> logger;
    private readonly string apiKey;
    private readonly SegmindAddress address;
    private readonly HttpClient submits;
    private readonly HttpClient reads;
    private readonly ResiliencePipeline<ProviderAnswer> readPipeline;

    public SegmindClient(IOptions<SegmindOptions> options, SegmindTimings timings, TimeProvider time, ILogger<SegmindClient> logger)
    {
        this.timings = timings;
        this.time = time;
        this.logger = logger;
        apiKey = options.Value.ApiKey;
        address = SegmindAddress.Parse(options.Value.BaseUrl) ?? throw new ArgumentException("Segmind__BaseUrl is no URL.", nameof(options));
        submits = new(SegmindHandlers.ForSubmits(timings, address.IsEncrypted)) { Timeout = Timeout.InfiniteTimeSpan };
        reads = new(SegmindHandlers.ForReads(timings, address.IsEncrypted)) { Timeout = Timeout.InfiniteTimeSpan };
        readPipeline = ReadPipeline.Create(timings, time, logger);
    }

    /// <inheritdoc/>
    public async Task<SubmitAnswer> SubmitAsync(string model, string parametersJson, CancellationToken cancellationToken)
    {
        using var request = Request(HttpMethod.Post, address.Submit(model));
        using var timeout = new CancellationTokenSource(timings.Connect, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var body = new SubmitContent(parametersJson, onBegun: () => timeout.CancelAfter(timings.Submit));
        request.Content = body;
        request.Headers.ConnectionClose = true;
        request.Headers.ExpectContinue = false; // See SegmindHandlers.ForSubmits.

        SubmitAnswer outcome;
        try
        {
            using var response = await submits.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            outcome = SubmitRule.Judge(await ProviderAnswer.ReadAsync(response, apiKey, either.Token));
        }
        catch (Exception failure)
        {
            // Whatever it was, what counts is whether the provider may have the request; an exception on its way up would not say.
            cancellationToken.ThrowIfCancellationRequested();
            outcome = SubmitRule.Judge(body.Begun, Describe(failure, body.Begun));
        }

        LogSubmit(outcome, model);
        return outcome;
    }

    /// <inheritdoc/>
    public async Task<StatusAnswer> GetStatusAsync(string requestId, CancellationToken cancellationToken)
    {
        var reading = await ReadAsync(address.Status(requestId), cancellationToken);
        return reading.Kind switch
        {
            ReadingKind.Working => new StatusAnswer.Working(reading.State),
            ReadingKind.Completed => new StatusAnswer.Completed(reading.Metrics),
            ReadingKind.Failed => new StatusAnswer.Failed(reading.Error, reading.Metrics),
            ReadingKind.NotFound => new StatusAnswer.NotFound(),
            ReadingKind.Refused => new StatusAnswer.Refused(reading.StatusCode, reading.Error),
            _ => new StatusAnswer.Unreachable(reading.Error),
        };
    }

    /// <inheritdoc/>
    public async Task<ResultAnswer> GetResultAsync(string requestId, CancellationToken cancellationToken)
    {
        var reading = await ReadAsync(address.Result(requestId), cancellationToken);
        return reading.Kind switch
        {
            ReadingKind.Working => new ResultAnswer.Working(reading.State),
            ReadingKind.Completed when reading.Video is { } video => new ResultAnswer.Completed(video, reading.Metrics),
            ReadingKind.Completed => new ResultAnswer.Unreachable("The provider says COMPLETED but gives no video URL."),
            ReadingKind.Failed => new ResultAnswer.Failed(reading.Error, reading.Metrics),
            ReadingKind.NotFound => new ResultAnswer.NotFound(),
            ReadingKind.Refused => new ResultAnswer.Refused(reading.StatusCode, reading.Error),
            _ => new ResultAnswer.Unreachable(reading.Error),
        };
    }

    public void Dispose()
    {
        submits.Dispose();
        reads.Dispose();
    }

    private async Task<Reading> ReadAsync(Uri url, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await readPipeline.ExecuteAsync(async token => await AttemptAsync(url, token), cancellationToken);
            return Reading.Of(answer);
        }
        catch (BrokenCircuitException)
        {
            return Reading.Unreachable("The provider's reads kept failing; none is tried for a moment.");
        }
        catch (TimeoutRejectedException late)
        {
            return Reading.Unreachable($"The provider did not answer within {late.Timeout.TotalSeconds} s.");
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or InvalidDataException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return Reading.Unreachable(failure is OperationCanceledException
                ? $"No connection to the provider within {timings.Connect.TotalSeconds} s."
                : $"No usable answer from the provider: {ProviderText.Clean(failure.GetBaseException().Message)}");
        }
    }

    private async Task<ProviderAnswer> AttemptAsync(Uri url, CancellationToken cancellationToken)
    {
        using var request = Request(HttpMethod.Get, url);
        using var response = await reads.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        return await ProviderAnswer.ReadAsync(response, apiKey, cancellationToken);
    }

    private HttpRequestMessage Request(HttpMethod method, Uri url) => new(method, url)
    {
        Version = HttpVersion.Version11,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        Headers = { { "x-api-key", apiKey }, { "Accept", "application/json" }, { "User-Agent", "Reel" } },
    };

    private string Describe(Exception failure, bool begun) => failure switch
    {
        OperationCanceledException when begun => $"The provider did not answer within {timings.Submit.TotalSeconds} s.",
        OperationCanceledException => $"No connection to the provider within {timings.Connect.TotalSeconds} s.",
        _ when begun => $"The submit went out, and no whole answer came back: {ProviderText.Clean(failure.GetBaseException().Message)}",
        _ => $"The provider could not be reached: {ProviderText.Clean(failure.GetBaseException().Message)}",
    };

    private void LogSubmit(SubmitAnswer outcome, string model)
    {
        switch (outcome)
        {
            case SubmitAnswer.Accepted accepted:
                LogAccepted(model, accepted.RequestId);
                break;
            case SubmitAnswer.Refused refused:
                LogNotAccepted(model, nameof(SubmitAnswer.Refused), refused.StatusCode);
                break;
            case SubmitAnswer.RateLimited:
                LogNotAccepted(model, nameof(SubmitAnswer.RateLimited), 429);
                break;
            case SubmitAnswer.Unavailable unavailable:
                LogNotAccepted(model, nameof(SubmitAnswer.Unavailable), unavailable.StatusCode);
                break;
            case SubmitAnswer.NotSent notSent:
                LogNotSent(model, notSent.Error);
                break;
            case SubmitAnswer.OutcomeUnknown unknown:
                LogUnknown(model, unknown.What);
                break;
        }
    }

    [LoggerMessage(EventId = 10, Level = LogLevel.Information, Message = "Segmind accepted {Model} as {ProviderRequestId}")]
    private partial void LogAccepted(string model, string providerRequestId);

    [LoggerMessage(EventId = 11, Level = LogLevel.Warning, Message = "Segmind did not accept {Model}: {Outcome}, HTTP {StatusCode}")]
    private partial void LogNotAccepted(string model, string outcome, int statusCode);

    [LoggerMessage(EventId = 12, Level = LogLevel.Warning, Message = "A submit of {Model} was not sent: {Reason}")]
    private partial void LogNotSent(string model, string reason);

    [LoggerMessage(EventId = 13, Level = LogLevel.Error, Message = "A submit of {Model} has an unknown outcome: {What}")]
    private partial void LogUnknown(string model, string what);
}
