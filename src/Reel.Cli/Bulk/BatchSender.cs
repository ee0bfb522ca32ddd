using System.Runtime.CompilerServices;
using System.Text;
using Reel.Cli.Commands;
using Reel.Cli.Terminal;
using Reel.Client;

namespace Reel.Cli.Bulk;

/// <summary>
/// Sends lines as batches, each line once whatever is killed when. What is about to be sent is written down first, with all that its idempotency key is
/// made of; so a batch of which the answer is missing is sent again as it was, and the server knows it by its key, or, when keys may be forgotten by
/// then, by what is written in it.
/// </summary>
internal sealed class BatchSender(ReelClient client, BatchFolder folder, BatchInput input, Screen screen, BatchWishes wishes, BatchRound? again, TimeProvider time)
{
    // A server keeps a key for a day at the least. After that the list of batches is asked.
    private static readonly TimeSpan KeyLifetime = TimeSpan.FromHours(20);

    private readonly ChunkFinder finder = new(client, folder);
    private readonly LineFaults faults = new(wishes.SkipInvalid);
    private readonly LimitRoom room = new(screen, time);

    /// <summary>What is wrong with lines that were left out, by line.</summary>
    public IReadOnlyDictionary<int, string> Faults => faults.ByLine;

    /// <summary>Whether all that was to be ordered again has been, as far as the server takes it.</summary>
    public bool IsRoundOver { get; private set; }

    /// <summary>All batches of the file: those that were accepted before, and then the others as they are accepted.</summary>
    /// <exception cref="CommandException">A line is invalid; all that does not go with it has been sent.</exception>
    public async IAsyncEnumerable<Chunk> SendAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var before = folder.State!.Chunks;
        foreach (var known in before.Where(chunk => chunk.BatchId is not null)) yield return known;
        foreach (var unknown in before.Where(chunk => chunk.BatchId is null))
        {
            if (await SendAsync(unknown, wasSent: true, cancellationToken) is { } accepted) yield return accepted;
        }

        while ((Plan() ?? PlanAgain()) is { } next)
        {
            if (await SendAsync(next, wasSent: false, cancellationToken) is { } accepted) yield return accepted;
        }

        IsRoundOver = folder.State.OpenRound is not { } round || faults.GoesOn(round);
        if (faults.Refusal is not { } refusal) yield break;
        throw new CommandException($"{refusal}{(folder.State.Chunks.Count > 0 ? " What was sent before goes on." : "")}", ExitCode.Usage);
    }

    /// <summary>The next lines that were not sent; null when there are none.</summary>
    private Chunk? Plan() => Plan(input.Numbers.Where(line => folder.ChunkOf(line) is null), round: 1);

    /// <summary>The next lines that were sent and are to be ordered again; null when there are none.</summary>
    private Chunk? PlanAgain() => again is null ? null : Plan(input.Numbers.Where(line => again.Lines.Contains(line) && folder.ChunkOf(line)!.Round < again.Number), again.Number);

    private Chunk? Plan(IEnumerable<int> open, int round)
    {
        if (!faults.GoesOn(round)) return null;
        List<int> lines = [];
        var bytes = 0;
        foreach (var line in open.Where(line => !Faults.ContainsKey(line)))
        {
            bytes += Encoding.UTF8.GetByteCount(input[line]) + 1;
            if (lines.Count == room.Most || (lines.Count > 0 && bytes > Client.Batches.MostBytes)) break;
            lines.Add(line);
        }

        return lines.Count == 0 ? null : new Chunk(lines, input.Hash(lines), wishes.Concurrency, time.GetUtcNow(), Round: round, WebhookUrl: wishes.WebhookUrl, WebhookEvents: wishes.WebhookEvents);
    }

    /// <param name="wasSent">Whether an earlier run sent it, be it heard or not.</param>
    /// <returns>It as accepted; null when the server did not take it and it is to be planned anew.</returns>
    private async Task<Chunk?> SendAsync(Chunk chunk, bool wasSent, CancellationToken cancellationToken)
    {
        if (time.GetUtcNow() - chunk.SentAt > KeyLifetime && await finder.FindAsync(chunk, cancellationToken) is { } found) return Accept(chunk, found);

        Remember(chunk);
        var run = folder.State!.Run;
        var options = new BatchOptions(chunk.Concurrency, chunk.WebhookUrl, ChunkFinder.Mark(chunk, run), chunk.IdempotencyKey(run), chunk.WebhookEvents);
        try
        {
            var batch = await client.Batches.SubmitAsync([.. chunk.Lines.Select(line => input[line])], options, cancellationToken);
            return Accept(chunk, batch.BatchId);
        }
        catch (ReelException exception) when (exception.Status is 400 or 413 or 429 or 406 && exception.Body is not null)
        {
            // Refused is not sent, unless an attempt before it was heard whose answer was lost.
            var heard = wasSent ? await finder.FindAsync(chunk, cancellationToken) : await finder.FindInListAsync(chunk, cancellationToken);
            if (heard is not null) return Accept(chunk, heard);
            folder.Save(folder.State with { Chunks = [.. folder.State.Chunks.Where(one => !one.Is(chunk))] });
            if (exception.Status == 413 && chunk.Lines.Count > 1) room.Halve(chunk);
            else if (exception.Limit is { } limit) await room.MakeAsync(chunk, limit, exception, cancellationToken);
            else if (exception.Errors.Count > 0) faults.Add(chunk, exception);
            else throw;
            return null;
        }
    }

    private Chunk Accept(Chunk chunk, string batchId)
    {
        var accepted = chunk with { BatchId = batchId };
        Remember(accepted);
        if (chunk.Round > 1) screen.Say($"Ordered again: {LineRanges.Of(chunk.Lines)}.");
        return accepted;
    }

    // With what is ordered again its round is open, so that whoever is killed and run again goes on with it and begins no other.
    private void Remember(Chunk chunk)
    {
        var state = folder.State!;
        var others = state.Chunks.Where(one => !one.Is(chunk));
        folder.Save(state with
        {
            Chunks = [.. others.Append(chunk).OrderBy(one => one.Round).ThenBy(one => one.Lines[0])],
            OpenRound = chunk.Round > 1 ? chunk.Round : state.OpenRound,
        });
    }
}
