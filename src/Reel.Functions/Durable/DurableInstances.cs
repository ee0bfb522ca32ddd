using System.Text.Json;
using Microsoft.DurableTask.Client;
using Reel.Orchestration;

namespace Reel.Functions.Durable;

/// <summary>Durable Functions' words for an instance, and the port's.</summary>
internal static class DurableInstances
{
    /// <summary>An instance as the port has it.</summary>
    public static OrchestrationInstance Read(OrchestrationMetadata found)
    {
        var status = Read(found.RuntimeStatus);
        return new OrchestrationInstance(
            found.InstanceId,
            found.Name,
            status,
            found.CreatedAt,
            found.LastUpdatedAt,
            found.SerializedInput,
            found.SerializedCustomStatus,
            status == RuntimeStatus.Completed ? found.SerializedOutput : null,
            status switch
            {
                // In the answers to queries the details are missing, and the output tells instead: as text, not as JSON.
                RuntimeStatus.Failed => FirstLine(found.FailureDetails?.ErrorMessage ?? found.SerializedOutput),
                RuntimeStatus.Terminated => FirstLine(ReadText(found.SerializedOutput)),
                _ => null,
            });
    }

    // Older times are none to Azure Storage: the very first is left out of the query there, which would then find everything.
    private static readonly DateTimeOffset Earliest = DateTimeOffset.UnixEpoch;

    /// <summary>A query as Durable Functions has it.</summary>
    public static Microsoft.DurableTask.Client.OrchestrationQuery Write(Reel.Orchestration.OrchestrationQuery query) => new(
        CreatedFrom: NotBeforeEarliest(query.CreatedFrom),
        CreatedTo: NotBeforeEarliest(query.CreatedTo)?.AddTicks(-1), // the end is inclusive there
        Statuses: query.Statuses is null ? null : [.. query.Statuses.SelectMany(Write)],
        InstanceIdPrefix: query.Prefix.Length == 0 ? null : query.Prefix,
        PageSize: query.PageSize,
        FetchInputsAndOutputs: true,
        ContinuationToken: query.ContinuationToken);

    private static DateTimeOffset? NotBeforeEarliest(DateTimeOffset? time) => time < Earliest ? Earliest : time;

#pragma warning disable CS0618 // Obsolete for code that sets them; the host still says them.
    private static RuntimeStatus Read(OrchestrationRuntimeStatus status) => status switch
    {
        OrchestrationRuntimeStatus.Pending => RuntimeStatus.Pending,
        OrchestrationRuntimeStatus.Completed => RuntimeStatus.Completed,
        OrchestrationRuntimeStatus.Failed => RuntimeStatus.Failed,
        OrchestrationRuntimeStatus.Terminated or OrchestrationRuntimeStatus.Canceled => RuntimeStatus.Terminated,
        OrchestrationRuntimeStatus.Running or OrchestrationRuntimeStatus.Suspended or OrchestrationRuntimeStatus.ContinuedAsNew => RuntimeStatus.Running,
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "A status that is not known here."),
    };

    private static OrchestrationRuntimeStatus[] Write(RuntimeStatus status) => status switch
    {
        RuntimeStatus.Pending => [OrchestrationRuntimeStatus.Pending],
        RuntimeStatus.Completed => [OrchestrationRuntimeStatus.Completed],
        RuntimeStatus.Failed => [OrchestrationRuntimeStatus.Failed],
        RuntimeStatus.Terminated => [OrchestrationRuntimeStatus.Terminated, OrchestrationRuntimeStatus.Canceled],
        RuntimeStatus.Running => [OrchestrationRuntimeStatus.Running, OrchestrationRuntimeStatus.Suspended, OrchestrationRuntimeStatus.ContinuedAsNew],
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "A status that is not known here."),
    };
#pragma warning restore CS0618

    private static string? ReadText(string? output)
    {
        try
        {
            return output is null ? null : JsonSerializer.Deserialize<string>(output);
        }
        catch (JsonException)
        {
            return output;
        }
    }

    private static string? FirstLine(string? text) => text?.Split('\n', 2)[0].TrimEnd();
}
