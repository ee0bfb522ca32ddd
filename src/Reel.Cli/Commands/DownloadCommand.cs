using System.CommandLine;
using Reel.Cli.Generating;
using Reel.Cli.Terminal;

namespace Reel.Cli.Commands;

/// <summary><c>reel download ID</c>.</summary>
internal sealed class DownloadCommand : ReelCommand
{
    private readonly Argument<string> id;
    private readonly Option<string?> output = new("--output", "-o") { Description = "The file, or the folder; else ID.mp4 here.", HelpName = "file" };

    public DownloadCommand()
        : base("download", "Saves a video. It goes on where an earlier download broke off, and the file has its name only when its SHA-256 is right.")
    {
        id = AddId();
        Add(output);
        Example("reel download fe5e0481-fc94-85f9-85bd-115649ebc1d8 -o lighthouse.mp4");
        Run(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, Session session, CancellationToken cancellationToken)
    {
        var wanted = parsed.GetRequiredValue(id);
        var screen = session.Screen;
        session.Farewell = "What is there of the video is kept. To go on with it, run the same again.";
        var request = await session.Connect().Requests.GetAsync(wanted, cancellationToken: cancellationToken);
        if (screen.IsJson) screen.Write(request.Json);
        if (request.IsFailed)
        {
            screen.Say(Failures.Describe(request));
            return ExitCode.Failed;
        }

        if (!request.IsFinal) throw new CommandException($"{wanted} is not done yet: {request.Status}, {request.Stage}. To wait for it: reel watch {wanted}");
        var path = await OutputFile.SaveAsync(session.ConnectPatiently(), wanted, request, parsed.GetValue(output), cancellationToken);
        if (!screen.IsJson) screen.Write(path);
        screen.Say($"{request.Video!.FileSize} bytes, SHA-256 {request.Video.Sha256}");
        return ExitCode.Done;
    }
}
