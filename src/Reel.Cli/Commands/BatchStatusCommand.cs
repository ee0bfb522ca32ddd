using System.CommandLine;
using Reel.Cli.Terminal;

namespace Reel.Cli.Commands;

/// <summary><c>reel batches status ID</c>.</summary>
internal sealed class BatchStatusCommand : ReelCommand
{
    private readonly Argument<string> id;

    public BatchStatusCommand()
        : base("status", "Shows a batch as it stands. Its requests: reel list --batch ID")
    {
        id = AddId("The batch's id, as reel batches list shows it.");
        Example("reel batches status fe5e03b0-fc94-85f9-85bd-115649ebc1d8");
        Run(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, Session session, CancellationToken cancellationToken)
    {
        var batch = await session.Connect().Batches.GetAsync(parsed.GetRequiredValue(id), cancellationToken);
        if (session.Screen.IsJson) session.Screen.Write(batch.Json);
        else session.Screen.Write(["FIELD", "VALUE"], BatchRows.Of(batch));
        return ExitCode.Done;
    }
}
