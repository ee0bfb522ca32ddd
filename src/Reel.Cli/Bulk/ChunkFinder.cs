using System.Text.Json;
using System.Text.Json.Nodes;
using Reel.Cli.Commands;
using Reel.Client;

namespace Reel.Cli.Bulk;

/// <summary>Finds a batch of which the answer was lost by what was written in it when it was sent.</summary>
internal sealed class ChunkFinder(ReelClient client, BatchFolder folder)
{
    private const string RunMember = "reel_batch";
    private const string LineMember = "first_line";
    private const string RoundMember = "round";

    private static readonly TimeSpan ClockDifference = TimeSpan.FromHours(1);

    /// <summary>What is written in a batch: no other one has the same.</summary>
    public static JsonObject Mark(Chunk chunk, string run)
    {
        var metadata = new JsonObject { [RunMember] = run, [LineMember] = chunk.Lines[0] };
        if (chunk.Round > 1) metadata[RoundMember] = chunk.Round;
        return metadata;
    }

    /// <summary>The id of one that was sent at some time; null when it surely was not heard.</summary>
    /// <exception cref="CommandException">It is not in the list, and may be forgotten by now.</exception>
    public async Task<string?> FindAsync(Chunk chunk, CancellationToken cancellationToken)
    {
        if (await FindInListAsync(chunk, cancellationToken) is { } found) return found;
        var usage = await client.Usage.GetAsync(cancellationToken: cancellationToken);
        if (chunk.SentAt - ClockDifference > usage.RememberedSince) return null;
        throw new CommandException(
            $"Lines {chunk.Lines[0]} to {chunk.Lines[^1]} were sent at {chunk.SentAt:u}, and it was never known whether they were heard; by now the server has forgotten. "
            + "They are not sent again, since that could be paid twice. What is to be rendered again goes into another file, with another folder.");
    }

    /// <summary>The id of the batch that bears its mark; null when the list has none.</summary>
    public async Task<string?> FindInListAsync(Chunk chunk, CancellationToken cancellationToken)
    {
        await foreach (var batch in client.Batches.ListAsync(cancellationToken))
        {
            if (batch.CreatedAt < chunk.SentAt - ClockDifference) break;
            if (batch.Metadata is { ValueKind: JsonValueKind.Object } metadata && IsMark(metadata, chunk)) return batch.BatchId;
        }

        return null;
    }

    private bool IsMark(JsonElement metadata, Chunk chunk)
    {
        return metadata.TryGetProperty(RunMember, out var run) && run.ValueKind == JsonValueKind.String && run.GetString() == folder.State!.Run
            && Number(LineMember) == chunk.Lines[0]
            && (Number(RoundMember) ?? 1) == chunk.Round;

        int? Number(string name) =>
            metadata.TryGetProperty(name, out var number) && number.ValueKind == JsonValueKind.Number && number.TryGetInt32(out var value) ? value : null;
    }
}
