using System.Collections.Concurrent;
using System.Text.Json;
using System.Threading.Channels;
using Reel.Cli.Commands;
using Reel.Cli.Terminal;
using Reel.Cli.Watching;
using Reel.Client;

namespace Reel.Cli.Bulk;

/// <summary>A file of requests, from where it is to the last video: sends, follows and saves at the same time.</summary>
internal sealed class BatchRun(ReelClient client, BatchFolder folder, BatchInput input, Screen screen, TimeProvider time)
{
    private const int Savers = 4;

    private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Report = TimeSpan.FromSeconds(10);

    private readonly BatchBoard board = new(input.Numbers.Count);
    private readonly ConcurrentDictionary<int, bool> shown = new();
    private readonly Channel<(int Line, string BatchId, ReelRequest Ended)> toSave = Channel.CreateBounded<(int, string, ReelRequest)>(1_000);

    /// <summary>Why the rest was not sent; null when all was.</summary>
    public Exception? Stopped { get; private set; }

    /// <summary>Whether all that was to be ordered again has been, as far as the server takes it.</summary>
    public bool IsRoundOver { get; private set; }

    /// <summary>Runs it to its end, or, where sending was <see cref="Stopped"/>, to the end of what was accepted.</summary>
    /// <param name="again">What is ordered again; null for nothing.</param>
    /// <returns>What became of each line.</returns>
    public async Task<IReadOnlyList<BatchResult>> RunAsync(BatchWishes wishes, BatchRound? again, CancellationToken cancellationToken)
    {
        foreach (var known in input.Numbers.Where(line => again?.Lines.Contains(line) != true).Select(folder.Find).OfType<BatchResult>()) Show(known);
        if (board.Over > 0) screen.Say($"{board.Over} of {input.Numbers.Count} lines were over before.");

        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var sender = new BatchSender(client, folder, input, screen, wishes, again, time);
        List<Task> work = [SendAndFollowAsync(sender, wishes.Concurrency is not null, end.Token), .. Enumerable.Range(0, Savers).Select(_ => SaveAsync(end.Token))];
        var all = EndTogetherAsync(work, end);
        if (screen.IsLive) await LiveDisplay.ShowAsync(screen.Talk, _ => board.Render(screen.Talk.Profile.Width), all, Frame, time);
        else await ReportAsync(all);
        await all;

        foreach (var (line, fault) in sender.Faults.Where(_ => wishes.SkipInvalid))
        {
            if (folder.ChunkOf(line) is null) Add(new BatchResult(line, BatchResult.Invalid, ErrorCode: "invalid_parameters", Error: fault));
            else screen.Say($"Line {line} is not ordered again: {SafeText.Line(fault)}");
        }

        // What was to be ordered again and was not stays what it is.
        foreach (var left in input.Numbers.Where(line => !shown.ContainsKey(line)).Select(folder.Find).OfType<BatchResult>()) Show(left);
        folder.Finish(input.Numbers.ToHashSet());
        IsRoundOver = sender.IsRoundOver;
        return folder.Results;
    }

    private async Task SendAndFollowAsync(BatchSender sender, bool oneByOne, CancellationToken cancellationToken)
    {
        var follower = new BatchFollower(client, IsKnown, EndedAsync, time);
        List<Task> following = [];
        try
        {
            await foreach (var chunk in sender.SendAsync(cancellationToken))
            {
                following.Add(FollowAsync(follower, chunk, cancellationToken));

                // The number under way is that of a batch; so with one asked for, one batch at a time.
                if (oneByOne) await following[^1];
            }
        }
        catch (Exception exception) when (exception is ReelException { Limit: not null } || (exception is CommandException && sender.Faults.Count > 0))
        {
            // What is accepted is brought home all the same, and then it is said again.
            if (following.Count > 0) screen.Say($"No more is sent for now: {SafeText.Lines(exception.Message)}");
            Stopped = exception;
        }

        await Task.WhenAll(following);
        toSave.Writer.Complete();

        // What a line was before it was ordered again is of no interest.
        bool IsKnown(Chunk chunk, int line) => folder.ChunkOf(line)?.Is(chunk) != true || folder.Find(line) is not null;

        ValueTask EndedAsync(Chunk chunk, int line, ReelRequest ended, CancellationToken token) => toSave.Writer.WriteAsync((line, chunk.BatchId!, ended), token);
    }

    private async Task FollowAsync(BatchFollower follower, Chunk chunk, CancellationToken cancellationToken)
    {
        try
        {
            await follower.FollowAsync(chunk, counts => board.Count(chunk.BatchId!, counts), cancellationToken);
        }
        catch (ReelException exception) when (exception.Status == 404)
        {
            throw new CommandException(
                $"The server does not know batch {chunk.BatchId}, in which lines {chunk.Lines[0]} to {chunk.Lines[^1]} were sent: "
                + "is this the key that they were sent with, or has it been too long? They are not sent again.");
        }
    }

    private async Task SaveAsync(CancellationToken cancellationToken)
    {
        var saver = new BatchSaver(client, folder);
        await foreach (var (line, batchId, ended) in toSave.Reader.ReadAllAsync(cancellationToken)) Add(await saver.SaveAsync(line, batchId, ended, cancellationToken));
    }

    private void Add(BatchResult result)
    {
        folder.Add(result);
        Show(result);
    }

    private void Show(BatchResult result)
    {
        shown[result.Line] = true;
        board.Add(result);
        if (screen.IsJson) screen.Write(JsonSerializer.SerializeToElement(result, BatchJson.Types.BatchResult));
    }

    /// <summary>The first that fails ends the others, and is what is thrown.</summary>
    private static async Task EndTogetherAsync(List<Task> work, CancellationTokenSource end)
    {
        var left = work.ToList();
        while (left.Count > 0)
        {
            var ended = await Task.WhenAny(left);
            left.Remove(ended);
            if (ended.IsCompletedSuccessfully) continue;
            await end.CancelAsync();
            await Task.WhenAll(left).ContinueWith(_ => { }, TaskScheduler.Default);
            await ended;
        }
    }

    private async Task ReportAsync(Task until)
    {
        var said = "";
        while (await Task.WhenAny(until, Task.Delay(Report, time)) != until)
        {
            if (board.Describe() is var now && now != said) screen.Say(said = now);
        }
    }
}
