using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Reel.Generations;

namespace Reel.Local.Serve;

/// <summary>Once an hour, forgets what is past its retention; for the first time a little after the start, so that the first answers do not wait for it.</summary>
internal sealed partial class RetentionTimer(IServiceScopeFactory scopes, TimeProvider time, ILogger<RetentionTimer> logger) : BackgroundService
{
    private static readonly TimeSpan FirstAfter = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Delay(FirstAfter, time, stoppingToken);
        using var hourly = new PeriodicTimer(TimeSpan.FromHours(1), time);
        do
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                await scope.ServiceProvider.GetRequiredService<Retention>().PurgeAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(logger, exception);
            }
        }
        while (await hourly.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "What is past its retention could not be purged; it is tried again in an hour.")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
