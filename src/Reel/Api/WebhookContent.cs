using System.Text.Json;
using Reel.Batches;
using Reel.Generations;
using Reel.Orchestration;
using Reel.Webhooks;

namespace Reel.Api;

/// <summary>
/// Writes what a webhook says about a request or a batch: the same as GET /v2/requests/{id}, or GET /v2/batches/{id}, would have answered when it
/// happened, with links made at each attempt.
/// </summary>
internal sealed class WebhookContent(ResultAnswers results) : IWebhookContent
{
    public async Task<string> WriteDataAsync(string type, string subject, CancellationToken cancellationToken)
    {
        if (type == WebhookTypes.BatchCompleted) return WriteBatch(subject);

        var (request, state, progress) = OrchestrationJson.Read<VideoEventSubject>(subject) ?? throw new InvalidOperationException("A webhook without a subject.");
        var answer = await results.OfAsync(request.BaseUrl, new Generation(request, state), cancellationToken) with { Progress = progress };
        return JsonSerializer.Serialize(answer, ApiJson.Types.RequestAnswer);
    }

    private static string WriteBatch(string subject)
    {
        var batch = OrchestrationJson.Read<Batch>(subject) ?? throw new InvalidOperationException("A webhook without a subject.");
        return JsonSerializer.Serialize(BatchAnswer.Of(batch.Request.BaseUrl, batch), ApiJson.Types.BatchAnswer);
    }
}
