using System.Globalization;
using Reel.Cli.Generating;
using Reel.Client;

namespace Reel.Cli.Bulk;

/// <summary>Saves the video of a line under a name that says which line and which request it is.</summary>
internal sealed class BatchSaver(ReelClient client, BatchFolder folder)
{
    /// <summary>What became of a line whose request is over, with its video in its file where there is one.</summary>
    public async Task<BatchResult> SaveAsync(int line, string? batchId, ReelRequest ended, CancellationToken cancellationToken)
    {
        var result = new BatchResult(
            line, ended.Status, ended.RequestId, batchId, Cost: ended.Cost, Charged: ended.Charged, ErrorCode: ended.ErrorCode, Error: ended.Error);
        if (!ended.IsCompleted) return result;
        try
        {
            var request = await client.Requests.GetAsync(ended.RequestId, cancellationToken: cancellationToken);
            if (request.Video is not { } video) return result with { ErrorCode = "video_gone", Error = "The video is no longer in storage" };

            var name = VideoName.Of(string.Create(CultureInfo.InvariantCulture, $"{line:00000}-{ended.RequestId}"), video);
            var path = Path.Combine(folder.Path, name);
            if (!await Client.Videos.IsInAsync(video, path, cancellationToken)) await client.Videos.DownloadAsync(request, path, cancellationToken: cancellationToken);
            return result with { File = name, FileSize = video.FileSize, Sha256 = video.Sha256, Cost = request.Cost };
        }
        catch (ReelException exception) when (exception.Code != ReelException.Unreachable && exception.Status != 401)
        {
            // One video that cannot be had is no reason to do without the others; the next run tries again.
            return result with { ErrorCode = exception.Code, Error = exception.Message };
        }
    }
}
