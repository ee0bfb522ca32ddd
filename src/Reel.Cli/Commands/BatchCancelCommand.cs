using System.CommandLine;
using Reel.Cli.Terminal;

namespace Reel.Cli.Commands;

/// <summary><c>reel batches cancel ID</c>.</summary>
internal sealed class BatchCancelCommand : ReelCommand
{
    private readonly Argument<string> id;

    public BatchCancelCommand()
        : base("cancel", "Begins nothing more of a batch and cancels what is under way, which the provider may bill. What is done stays.")
    {
        id = AddId("The batch's id, as reel batches list shows it.");
        Example("reel batches cancel fe5e03b0-fc94-85f9-85bd-115649ebc1d8");
        Run(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, Session session, CancellationToken cancellationToken)
    {
        var batch = await session.Connect().Batches.CancelAsync(parsed.GetRequiredValue(id), cancellationToken);
        var screen = session.Screen;
        if (screen.IsJson) screen.Write(batch.Json);
        else if (batch.IsFinal) screen.Say($"{batch.BatchId} is {batch.Status}: {batch.Counts.Completed} completed, {batch.Counts.Failed} failed or cancelled.");
        else screen.Say($"{batch.BatchId} is being cancelled. To see how far that is: reel batches status {batch.BatchId}");
        return ExitCode.Done;
    }
}
