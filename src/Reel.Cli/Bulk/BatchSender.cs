using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Reel.Cli.Commands;
using Reel.Cli.Terminal;
using Reel.Client;

namespace Reel.Cli.Bulk;

/// <summary>
/// Sends lines as batches, each line once whatever is killed when. What is about to be sent is written down first, with all that its idempotency key is
/// made of; so a batch of which the answer is missing is sent again as it was, and the server knows it by its key, or, when keys may be forgotten by
/// then, by what is written in it.
/// </summary>
internal sealed partial class BatchSender(ReelClient client, BatchFolder folder, BatchInput input, Screen screen, BatchWishes wishes, BatchRound? again, TimeProvider time)
{
    // A server keeps a key for a day at the least. After that the list of batches is asked.
    private static readonly TimeSpan KeyLifetime = TimeSpan.FromHours(20);
    private static readonly TimeSpan ClockDifference = TimeSpan.FromHours(1);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(15);

    private const string RunMember = "reel_batch";
    private const string LineMember = "first_line";
    private const string RoundMember = "round";

    private int most = Client.Batches.MostRequests;

    /// <summary>What is wrong with lines that were left out, by line.</summary>
    public SortedDictionary<int, string> Faults { get; } = [];

    /// <summary>All batches of the file: those that were accepted before, and then the others as they are accepted.</summary>
    /// <exception cref="CommandException">What was sent before is not what the file says now; or a line is invalid.</exception>
    public async IAsyncEnumerable<Chunk> SendAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var known in Check().Where(chunk => chunk.BatchId is not null)) yield return known;
        foreach (var unknown in folder.State!.Chunks.Where(chunk => chunk.BatchId is null).ToList())
        {
            if (await SendAsync(unknown, wasSent: true, cancellationToken) is { } accepted) yield return accepted;
        }

        while ((Plan() ?? PlanAgain()) is { } next)
        {
            if (await SendAsync(next, wasSent: false, cancellationToken) is { } accepted) yield return accepted;
        }
    }

    private IReadOnlyList<Chunk> Check()
    {
        foreach (var chunk in folder.State!.Chunks)
        {
            if (!chunk.Lines.All(input.Has) || input.Hash(chunk.Lines) != chunk.Sha256)
            {
                throw new CommandException(
                    $"The input is another than the one that {folder.Path} was begun with: of lines {chunk.Lines[0]} to {chunk.Lines[^1]}, which were sent, some have changed. "
                    + "For another input choose another folder with --out.",
                    ExitCode.Usage);
            }
        }

        return folder.State.Chunks;
    }

    /// <summary>The next lines that were not sent; null when there are none.</summary>
    private Chunk? Plan() => Plan(input.Numbers.Where(line => folder.ChunkOf(line) is null), round: 1);

    /// <summary>The next lines that were sent and are to be ordered again; null when there are none.</summary>
    private Chunk? PlanAgain() => again is null ? null : Plan(input.Numbers.Where(line => again.Lines.Contains(line) && folder.ChunkOf(line)!.Round < again.Number), again.Number);

    private Chunk? Plan(IEnumerable<int> open, int round)
    {
        List<int> lines = [];
        var bytes = 0;
        foreach (var line in open.Where(line => !Faults.ContainsKey(line)))
        {
            bytes += Encoding.UTF8.GetByteCount(input[line]) + 1;
            if (lines.Count == most || (lines.Count > 0 && bytes > Client.Batches.MostBytes)) break;
            lines.Add(line);
        }

        return lines.Count == 0 ? null : new Chunk(lines, input.Hash(lines), wishes.Concurrency, time.GetUtcNow(), Round: round, WebhookUrl: wishes.WebhookUrl, WebhookEvents: wishes.WebhookEvents);
    }

    /// <param name="wasSent">Whether an earlier run sent it, be it heard or not.</param>
    /// <returns>It as accepted; null when the server did not take it and it is to be planned anew.</returns>
    private async Task<Chunk?> SendAsync(Chunk chunk, bool wasSent, CancellationToken cancellationToken)
    {
        if (time.GetUtcNow() - chunk.SentAt > KeyLifetime && await FindAsync(chunk, cancellationToken) is { } found) return Remember(chunk with { BatchId = found });

        Remember(chunk);
        var run = folder.State!.Run;
        var metadata = new JsonObject { [RunMember] = run, [LineMember] = chunk.Lines[0] };
        if (chunk.Round > 1) metadata[RoundMember] = chunk.Round;
        var options = new BatchOptions(chunk.Concurrency, chunk.WebhookUrl, metadata, chunk.IdempotencyKey(run), chunk.WebhookEvents);
        try
        {
            var batch = await client.Batches.SubmitAsync([.. chunk.Lines.Select(line => input[line])], options, cancellationToken);
            return Remember(chunk with { BatchId = batch.BatchId });
        }
        catch (ReelException exception) when (exception.Status is 400 or 413 or 429 or 406 && exception.Body is not null)
        {
            // Refused is not sent, unless an attempt before it was heard whose answer was lost.
            var heard = wasSent ? await FindAsync(chunk, cancellationToken) : await FindInListAsync(chunk, cancellationToken);
            if (heard is not null) return Remember(chunk with { BatchId = heard });
            folder.Save(folder.State with { Chunks = [.. folder.State.Chunks.Where(one => !one.Is(chunk))] });
            if (exception.Status == 413 && chunk.Lines.Count > 1) most = chunk.Lines.Count / 2;
            else if (exception.Limit is { } limit) await MakeRoomAsync(chunk, limit, exception, cancellationToken);
            else if (exception.Errors.Count > 0) LeaveOut(chunk, exception);
            else throw;
            return null;
        }
    }

    private Chunk Remember(Chunk chunk)
    {
        var state = folder.State!;
        var others = state.Chunks.Where(one => !one.Is(chunk));
        folder.Save(state with { Chunks = [.. others.Append(chunk).OrderBy(one => one.Round).ThenBy(one => one.Lines[0])] });
        return chunk;
    }

    /// <exception cref="CommandException">It is not in the list, and may be forgotten by now.</exception>
    private async Task<string?> FindAsync(Chunk chunk, CancellationToken cancellationToken)
    {
        if (await FindInListAsync(chunk, cancellationToken) is { } found) return found;
        var usage = await client.Usage.GetAsync(cancellationToken: cancellationToken);
        if (chunk.SentAt - ClockDifference > usage.RememberedSince) return null;
        throw new CommandException(
            $"Lines {chunk.Lines[0]} to {chunk.Lines[^1]} were sent at {chunk.SentAt:u}, and it was never known whether they were heard; by now the server has forgotten. "
            + "They are not sent again, since that could be paid twice. What is to be rendered again goes into another file, with another folder.");
    }

    /// <summary>The id of the batch that bears what was written in it when it was sent; null when the list has none.</summary>
    private async Task<string?> FindInListAsync(Chunk chunk, CancellationToken cancellationToken)
    {
        await foreach (var batch in client.Batches.ListAsync(cancellationToken))
        {
            if (batch.CreatedAt < chunk.SentAt - ClockDifference) break;
            if (batch.Metadata is { ValueKind: JsonValueKind.Object } metadata
                && metadata.TryGetProperty(RunMember, out var run) && run.ValueKind == JsonValueKind.String && run.GetString() == folder.State!.Run
                && Number(metadata, LineMember) == chunk.Lines[0]
                && (Number(metadata, RoundMember) ?? 1) == chunk.Round)
                return batch.BatchId;
        }

        return null;

        static int? Number(JsonElement metadata, string name) =>
            metadata.TryGetProperty(name, out var number) && number.ValueKind == JsonValueKind.Number && number.TryGetInt32(out var value) ? value : null;
    }

    /// <summary>A limit of the key: what can never fit is made smaller, and what does not fit now waits; money is the person's business.</summary>
    private async Task MakeRoomAsync(Chunk chunk, ReelLimit limit, ReelException exception, CancellationToken cancellationToken)
    {
        if (limit.Asked > limit.Value && chunk.Lines.Count > 1)
        {
            most = limit.Name == "usd_per_day" ? chunk.Lines.Count / 2 : Math.Clamp((int)limit.Value, 1, chunk.Lines.Count - 1);
            return;
        }

        if (limit.Name == "usd_per_day" || limit.Asked > limit.Value) throw exception;
        screen.Say($"Waiting: {SafeText.Line(exception.Message)}");
        await Task.Delay(exception.RetryAfter ?? Pause, time, cancellationToken);
    }

    private void LeaveOut(Chunk chunk, ReelException exception)
    {
        var before = Faults.Count;
        foreach (var (place, fault) in exception.Errors)
        {
            if (Place().Match(place) is not { Success: true } match) continue;
            var line = chunk.Lines[int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)];
            var text = $"{match.Groups[2].Value} {fault}".Trim();
            Faults[line] = Faults.TryGetValue(line, out var more) ? $"{more}; {text}" : text;
        }

        if (Faults.Count == before) throw exception;
        if (!wishes.SkipInvalid)
        {
            var shown = string.Join('\n', Faults.Take(100).Select(fault => $"line {fault.Key}: {SafeText.Line(fault.Value)}"));
            var more = exception.Errors.TryGetValue("more", out var text) ? $"\nand {SafeText.Line(text)}" : "";
            var others = folder.State!.Chunks.Count > 0 ? " What was sent before goes on." : "";
            throw new CommandException(
                $"{shown}{more}\nNone of lines {chunk.Lines[0]} to {chunk.Lines[^1]} was sent.{others} Mend them and run it again, or leave them out with --skip-invalid.",
                ExitCode.Usage);
        }
    }

    [GeneratedRegex(@"^requests\[(\d{1,4})\](?:\.(.*))?$")]
    private static partial Regex Place();
}
