using System.CommandLine;
using Reel.Cli.Terminal;

namespace Reel.Cli.Commands;

/// <summary><c>reel status ID</c>.</summary>
internal sealed class StatusCommand : ReelCommand
{
    private readonly Argument<string> id;

    public StatusCommand()
        : base("status", "Shows a request as it stands. Exit code 3 when it FAILED.")
    {
        id = AddId();
        Example("reel status fe5e0481-fc94-85f9-85bd-115649ebc1d8");
        Example("reel status fe5e0481-fc94-85f9-85bd-115649ebc1d8 --json | jq -r .stage");
        Run(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, Session session, CancellationToken cancellationToken)
    {
        var request = await session.Connect().Requests.GetAsync(parsed.GetRequiredValue(id), cancellationToken: cancellationToken);
        var screen = session.Screen;
        if (screen.IsJson) screen.Write(request.Json);
        else screen.Write(["FIELD", "VALUE"], RequestRows.Of(request));
        if (request.IsFailed && !screen.IsJson) screen.Say(Failures.Describe(request));
        return request.IsFailed ? ExitCode.Failed : ExitCode.Done;
    }
}
