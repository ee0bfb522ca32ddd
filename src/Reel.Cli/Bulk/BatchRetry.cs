using Reel.Cli.Terminal;
using Reel.Client;

namespace Reel.Cli.Bulk;

/// <summary>
/// Chooses the FAILED lines that are ordered again, because somebody asked for it. Which round it is is written down before anything is sent, and stays until
/// a run has come to its end: so one that is killed and run again goes on with its round, and orders no line twice in it.
/// </summary>
internal sealed class BatchRetry(ReelClient client, BatchFolder folder, BatchInput input, Screen screen)
{
    /// <param name="charged">Whether also those that were charged, or may have been.</param>
    public async Task<BatchRound> BeginAsync(bool charged, CancellationToken cancellationToken)
    {
        var state = folder.State!;
        var number = state.OpenRound ?? state.Chunks.Select(chunk => chunk.Round).DefaultIfEmpty(0).Max() + 1;
        var failed = input.Numbers.Where(line => folder.ChunkOf(line)?.Round < number)
            .Select(folder.Find).OfType<BatchResult>().Where(result => result.Status == BatchResult.Failed).ToList();
        var chosen = failed.Where(result => result.IsFree || charged).ToList();
        var resubmitted = await ResubmittedAsync(chosen, cancellationToken);
        var lines = chosen.Select(result => result.Line).Except(resubmitted).ToHashSet();

        if (lines.Count > 0) screen.Say($"Ordering again: {LineRanges.Of(lines)}.");
        if (failed.Count > chosen.Count)
            screen.Say($"Not ordered again, since they were charged or may have been: {LineRanges.Of(failed.Except(chosen).Select(result => result.Line))}.");
        if (failed.Count == 0) screen.Say("No line has FAILED that could be ordered again.");
        if (lines.Count > 0 && state.OpenRound != number) folder.Save(state with { OpenRound = number });
        return new BatchRound(number, lines);
    }

    /// <summary>The lines whose request was sent again by itself, which is said: a third one is not what anybody wants.</summary>
    private async Task<IReadOnlyList<int>> ResubmittedAsync(IEnumerable<BatchResult> chosen, CancellationToken cancellationToken)
    {
        List<int> lines = [];
        foreach (var result in chosen.Where(result => result.ErrorCode == BatchResult.OutcomeUnknown))
        {
            if (await FindAsync(result.RequestId!, cancellationToken) is not { ResubmittedAs: { } other }) continue;
            screen.Say($"Line {result.Line} was sent again already, as {SafeText.Line(other)}, and is not ordered again. For its video: reel download {SafeText.Line(other)}");
            lines.Add(result.Line);
        }

        return lines;
    }

    private async Task<ReelRequest?> FindAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            return await client.Requests.GetAsync(id, cancellationToken: cancellationToken);
        }
        catch (ReelException exception) when (exception.Status == 404)
        {
            return null; // Deleted, or forgotten: then it cannot have been sent again under this id.
        }
    }
}
