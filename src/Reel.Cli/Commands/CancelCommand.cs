using System.CommandLine;
using Reel.Cli.Terminal;

namespace Reel.Cli.Commands;

/// <summary><c>reel cancel ID</c>.</summary>
internal sealed class CancelCommand : ReelCommand
{
    private readonly Argument<string> id;

    public CancelCommand()
        : base("cancel", "Cancels a request. The provider may bill what it has begun; one that is over stays what it is.")
    {
        id = AddId();
        Example("reel cancel fe5e0481-fc94-85f9-85bd-115649ebc1d8");
        Run(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, Session session, CancellationToken cancellationToken)
    {
        var wanted = parsed.GetRequiredValue(id);
        var requests = session.Connect().Requests;
        var request = await requests.CancelAsync(wanted, cancellationToken);

        // It is about to hear of it.
        if (!request.IsFinal) request = await requests.StatusAsync(wanted, TimeSpan.FromSeconds(10), cancellationToken);
        var screen = session.Screen;
        if (screen.IsJson) screen.Write(request.Json);
        else screen.Say(request.IsFailed ? Failures.Describe(request) : $"{wanted} is {request.Status}{(request.IsFinal ? " already" : "; it will be cancelled")}.");
        return ExitCode.Done;
    }
}
