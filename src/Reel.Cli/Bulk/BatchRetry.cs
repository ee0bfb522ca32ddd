using Reel.Cli.Terminal;
using Reel.Client;

namespace Reel.Cli.Bulk;

/// <summary>
/// Chooses the FAILED lines that are ordered again, because somebody asked for it. A round stays open until a run has said how it ended: so one that is killed
/// and run again goes on with its round, and orders no line again twice in it.
/// </summary>
internal sealed class BatchRetry(ReelClient client, BatchFolder folder, BatchInput input, Screen screen)
{
    /// <param name="charged">Whether also those that were charged, or may have been.</param>
    public async Task<BatchRound> ChooseAsync(bool charged, CancellationToken cancellationToken)
    {
        var state = folder.State!;
        var number = state.OpenRound ?? state.Chunks.Select(chunk => chunk.Round).DefaultIfEmpty(1).Max() + 1;
        var sent = input.Numbers.Where(line => folder.ChunkOf(line) is not null).ToList();
        var failed = sent.Select(folder.Find).OfType<BatchResult>().Where(result => result.Status == BatchResult.Failed).ToList();
        var anew = failed.Where(result => folder.ChunkOf(result.Line)!.Round == number).ToList();
        var open = failed.Except(anew).ToList();
        var chosen = open.Where(result => result.IsFree || charged).ToList();
        var unsure = await UnsureAsync(chosen, cancellationToken);

        if (state.Chunks.Any(chunk => chunk.Round == number)) SayGoingOn(anew.Count);
        else if (open.Count == 0 && sent.Count > 0) SayNothing(sent);
        if (open.Count > chosen.Count)
            screen.Say($"Not ordered again, since they were charged or may have been: {LineRanges.Of(open.Except(chosen).Select(result => result.Line))}.");
        return new BatchRound(number, chosen.Select(result => result.Line).Except(unsure).ToHashSet());
    }

    private void SayGoingOn(int anew) => screen.Say(
        "Going on with what was ordered again."
        + anew switch
        {
            0 => "",
            1 => " One line of it has FAILED anew; to order it once more, run this again when it has ended.",
            _ => $" {anew} lines of it have FAILED anew; to order them once more, run this again when it has ended.",
        });

    private void SayNothing(List<int> sent)
    {
        var unknown = sent.Where(line => folder.Find(line) is null).ToList();
        screen.Say(unknown.Count == 0
            ? "No line has FAILED that could be ordered again."
            : $"No line is known to have FAILED; what became of {LineRanges.Of(unknown)} is still to be learned. To order again what of it FAILED, run this again when it has ended.");
    }

    /// <summary>The lines whose request was sent again by itself, or may have been; which is said: a third one is not what anybody wants.</summary>
    private async Task<IReadOnlyList<int>> UnsureAsync(List<BatchResult> chosen, CancellationToken cancellationToken)
    {
        // Without an id nobody knows what it came to.
        var gone = chosen.Where(result => !result.HasRequest).Select(result => result.Line).ToList();
        List<int> again = [];
        foreach (var result in chosen.Where(result => result.HasRequest && result.ErrorCode == BatchResult.OutcomeUnknown))
        {
            if (await FindAsync(result.RequestId!, cancellationToken) is not { } request) gone.Add(result.Line);
            else if (request.ResubmittedAs is { } other)
            {
                screen.Say($"Line {result.Line} was sent again already, as {SafeText.Line(other)}, and is not ordered again. For its video: reel download {SafeText.Line(other)}");
                again.Add(result.Line);
            }
        }

        if (gone.Count > 0)
        {
            screen.Say(
                $"Not ordered again, since the server does not know their requests any more, and they may have been sent again: {LineRanges.Of(gone)}. "
                + "To order one all the same, append it to the input as a new line.");
        }

        return [.. again, .. gone];
    }

    private async Task<ReelRequest?> FindAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            return await client.Requests.GetAsync(id, cancellationToken: cancellationToken);
        }
        catch (ReelException exception) when (exception.Status == 404)
        {
            return null; // Deleted or forgotten. What it was sent again as may be there all the same.
        }
    }
}
