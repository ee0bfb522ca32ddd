using Microsoft.Extensions.Logging;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace Reel.Segmind;

/// <summary>
/// How reads are repeated; submits have nothing of the kind. From the outside in: a limit in all, retries, a breaker that spares a provider
/// which is down, a limit for each attempt. The breaker is one for all reads of a process and does not count 429, which is the provider at work.
/// </summary>
internal static partial class ReadPipeline
{
    public static ResiliencePipeline<ProviderAnswer> Create(SegmindTimings timings, TimeProvider time, ILogger logger) =>
        new ResiliencePipelineBuilder<ProviderAnswer> { TimeProvider = time }
            .AddTimeout(timings.ReadInAll)
            .AddRetry(new RetryStrategyOptions<ProviderAnswer>
            {
                MaxRetryAttempts = timings.ReadRetries,
                Delay = timings.RetryDelay,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldHandle = args => ValueTask.FromResult(IsPassing(args.Outcome, args.Context)),
                OnRetry = args =>
                {
                    var what = Describe(args.Outcome);
                    LogRetry(logger, args.AttemptNumber + 1, (long)args.RetryDelay.TotalMilliseconds, what);
                    return ValueTask.CompletedTask;
                },
            })
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<ProviderAnswer>
            {
                FailureRatio = 0.5,
                MinimumThroughput = timings.BreakFrom,
                SamplingDuration = timings.BreakWindow,
                BreakDuration = timings.Break,
                ShouldHandle = args => ValueTask.FromResult(args.Outcome.Result?.StatusCode != 429 && IsPassing(args.Outcome, args.Context)),
                OnOpened = args =>
                {
                    LogOpened(logger, args.BreakDuration.TotalSeconds, Describe(args.Outcome));
                    return ValueTask.CompletedTask;
                },
                OnClosed = _ =>
                {
                    LogClosed(logger);
                    return ValueTask.CompletedTask;
                },
            })
            .AddTimeout(timings.Read)
            .Build();

    /// <summary>Whether another attempt may well fare better. A record that says COMPLETED or FAILED is an answer whatever the status code.</summary>
    private static bool IsPassing(Outcome<ProviderAnswer> outcome, ResilienceContext context) => outcome switch
    {
        { Exception: HttpRequestException or IOException or TimeoutRejectedException } => true,
        { Exception: OperationCanceledException } => !context.CancellationToken.IsCancellationRequested, // The connect timeout.
        { Result: { Record.State: "COMPLETED" or "FAILED" } } => false,
        { Result: { StatusCode: 408 or >= 500 } } => true, // Not 429: more at once is not what it asks for. The next check is the retry.
        { Result: { StatusCode: >= 200 and < 300, Record: null or { State: null } } } => true, // No JSON, or not the provider's.
        _ => false,
    };

    private static string Describe(Outcome<ProviderAnswer> outcome) =>
        outcome.Exception?.GetType().Name ?? $"HTTP {outcome.Result?.StatusCode}";

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "A read from Segmind failed ({What}); retry {Attempt} in {Delay} ms")]
    private static partial void LogRetry(ILogger logger, int attempt, long delay, string what);

    [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "Half of the reads from Segmind fail ({What}); none is tried for {Seconds} s")]
    private static partial void LogOpened(ILogger logger, double seconds, string what);

    [LoggerMessage(EventId = 3, Level = LogLevel.Information, Message = "Reads from Segmind work again")]
    private static partial void LogClosed(ILogger logger);
}
