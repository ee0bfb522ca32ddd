using System.CommandLine;
using Reel.Cli.Terminal;

namespace Reel.Cli.Commands;

/// <summary><c>reel delete ID</c>.</summary>
internal sealed class DeleteCommand : ReelCommand
{
    private readonly Argument<string> id;

    public DeleteCommand()
        : base("delete", "Deletes a request that is over, with its video. There is no way back.")
    {
        id = AddId();
        Example("reel delete fe5e0481-fc94-85f9-85bd-115649ebc1d8");
        Run(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, Session session, CancellationToken cancellationToken)
    {
        var wanted = parsed.GetRequiredValue(id);
        await session.Connect().Requests.DeleteAsync(wanted, cancellationToken);
        session.Screen.Say($"{wanted} is deleted.");
        return ExitCode.Done;
    }
}
