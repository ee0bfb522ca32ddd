using System.CommandLine;
using Reel.Cli.Terminal;

namespace Reel.Cli.Commands;

/// <summary><c>reel resubmit ID</c>.</summary>
internal sealed class ResubmitCommand : ReelCommand
{
    private readonly Argument<string> id;

    public ResubmitCommand()
        : base("resubmit", "Sends a request again whose submit had an unknown outcome. If the provider had taken it after all, this one is paid for as well.")
    {
        id = AddId();
        Example("reel resubmit fe5e0481-fc94-85f9-85bd-115649ebc1d8");
        Run(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, Session session, CancellationToken cancellationToken)
    {
        var request = await session.Connect().Requests.ResubmitAsync(parsed.GetRequiredValue(id), cancellationToken);
        if (session.Screen.IsJson) session.Screen.Write(request.Json);
        else session.Screen.Write(request.RequestId);
        session.Screen.Say($"Accepted as a new request. To follow it: reel watch {request.RequestId}");
        return ExitCode.Done;
    }
}
