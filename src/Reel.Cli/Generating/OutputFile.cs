using Reel.Cli.Commands;
using Reel.Cli.Terminal;
using Reel.Client;

namespace Reel.Cli.Generating;

/// <summary>Where a video goes that was asked for by -o.</summary>
internal static class OutputFile
{
    /// <summary>Whether there can be a file; asked before anything is paid for.</summary>
    /// <exception cref="CommandException">There cannot.</exception>
    public static void Check(string output)
    {
        CheckName(output);
        if (Directory.Exists(output)) return;
        if (File.Exists(output)) throw new CommandException($"{output} is there already. Choose another name, or remove it.", ExitCode.Usage);
        if (Path.GetDirectoryName(Path.GetFullPath(output)) is { } folder && !Directory.Exists(folder))
            throw new CommandException($"There is no folder {folder}.", ExitCode.Usage);
    }

    /// <summary>Saves the video of a request.</summary>
    /// <param name="id">As it was asked for.</param>
    /// <param name="output">A file, or a folder in which it gets the name of the request; null for this folder.</param>
    /// <returns>The file.</returns>
    public static async Task<string> SaveAsync(ReelClient client, string id, ReelRequest request, string? output, CancellationToken cancellationToken)
    {
        CheckName(output);
        if (request.VideoGone == true || request.Video is not { } video)
            throw new CommandException($"The video of {request.RequestId} {(request.VideoGone == true ? "is no longer in storage" : "is not there")}.");
        var path = output is not null && !Directory.Exists(output)
            ? output
            : Path.Combine(output ?? "", VideoName.Of(id, video));
        if (await Client.Videos.IsInAsync(video, path, cancellationToken)) return path;
        if (File.Exists(path)) throw new CommandException($"{path} is there already, and is another file. Choose another name with -o, or remove it.");

        await client.Videos.DownloadAsync(request, path, replace: false, cancellationToken: cancellationToken);
        return path;
    }

    private static void CheckName(string? output)
    {
        if (output == "") throw new CommandException("An empty name is no file: give one with -o.", ExitCode.Usage);
    }
}
