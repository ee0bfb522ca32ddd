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
