using Microsoft.Extensions.Options;
using Reel.Orchestration;
using Reel.Records;

namespace Reel.Generations;

/// <summary>
/// Deletes records that nobody can ask for any more: written longer ago than <see cref="RequestOptions.Retention"/> and a month, which is more than a request
/// takes from its acceptance to the last attempt of its webhook, serving no instance that there still is, and not kept by their rule. By then every idempotency
/// key is past its lifetime. What is written anew meanwhile stays.
/// </summary>
public sealed class RecordSweep(
    RecordStore records, IEnumerable<RecordRule> rules, IOrchestrationClient client, IOptions<RequestOptions> options, TimeProvider time)
{
    /// <summary>How much longer than requests their records are kept.</summary>
    public static readonly TimeSpan Margin = TimeSpan.FromDays(30);

    private const string Extension = ".json";

    /// <summary>The instance in a name such as submissions/desk_fe5e….json.</summary>
    public static string InstanceInName(string name) =>
        name[(name.LastIndexOf('/') + 1)..(name.EndsWith(Extension, StringComparison.Ordinal) ? ^Extension.Length : ^0)];

    /// <summary>Deletes at most so many; how many. What is left, the next run finds.</summary>
    public async Task<int> RunAsync(int most, CancellationToken cancellationToken)
    {
        var before = time.GetUtcNow() - options.Value.Retention - Margin;
        var count = 0;
        foreach (var rule in rules)
        {
            await foreach (var record in records.ListVersionsAsync(rule.Prefix, cancellationToken))
            {
                if (record.ChangedAt >= before) continue;
                if (count == most) return count;
                if (rule.InstanceOf?.Invoke(record.Name) is { } instance && await client.GetAsync(instance, cancellationToken) is not null) continue;
                if (rule.IsKept is { } isKept && await isKept(records, record.Name, cancellationToken)) continue;
                if (await records.DeleteAsync(record, cancellationToken)) count++;
            }
        }

        return count;
    }
}
