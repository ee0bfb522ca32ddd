using System.Text.Json;
using Reel.Generations;
using Reel.Orchestration;
using Reel.Videos;
using Reel.Webhooks;

namespace Reel.Api;

/// <summary>Writes what a webhook says about a request: the same as GET /v2/requests/{id} would answer, with links made at each attempt.</summary>
internal sealed class WebhookContent(VideoStore videos) : IWebhookContent
{
    public async Task<string> WriteDataAsync(string type, string subject, CancellationToken cancellationToken)
    {
        var generation = OrchestrationJson.Read<Generation>(subject) ?? throw new InvalidOperationException("A webhook without a subject.");
        var link = generation.State.Video is { } video ? await videos.MintLinkAsync(video.BlobName, cancellationToken) : null;
        var answer = RequestAnswer.OfResult(generation.Request.BaseUrl, generation, link);
        return JsonSerializer.Serialize(answer, ApiJson.Types.RequestAnswer);
    }
}
