using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Reel.Segmind;

namespace Reel.Tests.Segmind;

/// <summary>Clients for tests: the real one, in a hurry.</summary>
internal static class Clients
{
    public const string Key = "SG_0123456789abcdef";

    public const string Id = "3f0c6a3e-6a5e-4d6b-9f3b-0d8f3b1c2a4e";

    /// <summary>The record of a finished render.</summary>
    public const string Done = $$"""
        {"status": "COMPLETED", "request_id": "{{Id}}", "output": "https://cdn.example/first.mp4",
         "video": {"url": "https://cdn.example/second.mp4", "content_type": "video/mp4", "file_name": "second.mp4", "file_size": 1234567},
         "metrics": {"cost": 0.438, "remaining_credits": 12.5, "inference_time": 120.5, "queue_time": 1.25, "total_time": 121.75} }
        """;

    /// <summary>Retries at once; limits are far away unless a test brings them near.</summary>
    public static SegmindTimings Quick { get; } = new() { RetryDelay = TimeSpan.Zero, BreakFrom = 1000 };

    public static SegmindClient Create(
        string baseUrl, SegmindTimings? timings = null, TimeProvider? time = null, ILogger<SegmindClient>? logger = null) =>
        new(Options.Create(new SegmindOptions { ApiKey = Key, BaseUrl = baseUrl }), timings ?? Quick, time ?? TimeProvider.System, logger ?? new Notebook());
}

/// <summary>Keeps what was logged.</summary>
internal sealed class Notebook : ILogger<SegmindClient>
{
    public ConcurrentQueue<string> Lines { get; } = new();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Lines.Enqueue($"{logLevel} {formatter(state, exception)} {exception}");
}
