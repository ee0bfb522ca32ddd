using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Reel.Functions.Tests.Durable;

/// <summary>The pages of a query; the caller is to ask for no more than it needs.</summary>
internal sealed class Pages(params Page<OrchestrationMetadata>[] pages) : AsyncPageable<OrchestrationMetadata>
{
    /// <summary>How many were fetched.</summary>
    public int Fetched { get; private set; }

    public override async IAsyncEnumerable<Page<OrchestrationMetadata>> AsPages(string? continuationToken = null, int? pageSizeHint = null)
    {
        foreach (var page in pages)
        {
            await Task.Yield();
            Fetched++;
            yield return page;
        }
    }
}
