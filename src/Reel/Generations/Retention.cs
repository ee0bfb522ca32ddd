using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Reel.Orchestration;

namespace Reel.Generations;

/// <summary>Forgets requests that are past <see cref="RequestOptions.Retention"/>. Videos and records go by the storage account's lifecycle rules.</summary>
public sealed partial class Retention(
    IOrchestrationClient client, IOptions<RequestOptions> options, TimeProvider time, ILogger<Retention> logger)
{
    /// <summary>Forgets what is finished and past its time; repeating it is harmless.</summary>
    public async Task PurgeAsync(CancellationToken cancellationToken)
    {
        var count = await client.PurgeFinishedAsync(time.GetUtcNow() - options.Value.Retention, cancellationToken);
        if (count > 0) LogPurged(logger, count);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} instances past their retention were purged.")]
    private static partial void LogPurged(ILogger logger, int count);
}
