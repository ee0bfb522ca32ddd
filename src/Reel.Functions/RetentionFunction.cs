using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Reel.Functions.Durable;
using Reel.Generations;

namespace Reel.Functions;

/// <summary>Forgets what is past its retention.</summary>
public sealed class RetentionFunction(IServiceScopeFactory scopes)
{
    /// <summary>Once an hour, at a minute when few others run.</summary>
    [Function("Retention")]
    public async Task RunAsync([TimerTrigger("0 17 * * * *")] TimerInfo timer, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<BoundDurableClient>().Client = client;
        await scope.ServiceProvider.GetRequiredService<Retention>().PurgeAsync(cancellationToken);
    }
}
