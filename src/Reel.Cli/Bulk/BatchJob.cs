using System.Runtime.ExceptionServices;
using Reel.Cli.Terminal;
using Reel.Client;

namespace Reel.Cli.Bulk;

/// <summary>A run of a file of requests, from a look at what was sent before to the last word about what it came to.</summary>
internal sealed class BatchJob(ReelClient client, BatchFolder folder, BatchInput input, Screen screen, TimeProvider time)
{
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(BatchWishes wishes, CancellationToken cancellationToken)
    {
        folder.Check(input);
        var again = wishes.RetryFailed ? await new BatchRetry(client, folder, input, screen).ChooseAsync(wishes.RetryCharged, cancellationToken) : null;
        var run = new BatchRun(client, folder, input, screen, time);
        var results = await run.RunAsync(wishes, again, cancellationToken);
        var code = run.Stopped is null || results.Count > 0 ? BatchSummary.Write(screen, folder.Path, results) : ExitCode.Done;

        // Not before: killed in between, the same run would be another round, and pay once more for what nobody has been told of.
        if (run.IsRoundOver) folder.CloseRound();
        if (run.Stopped is { } stopped) ExceptionDispatchInfo.Throw(stopped);
        return code;
    }
}
