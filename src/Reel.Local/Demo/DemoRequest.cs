using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Reel.Models;

namespace Reel.Local.Demo;

/// <summary>One request of the demo, sent over HTTP as any caller would.</summary>
internal sealed class DemoRequest
{
    private readonly HttpClient http;
    private readonly string id;
    private JsonObject state = [];

    private DemoRequest(HttpClient http, VideoModel model, string id)
    {
        this.http = http;
        this.id = id;
        Model = model;
    }

    public VideoModel Model { get; }

    public string Stage => state["stage"]?.GetValue<string>() ?? "accepted";

    public bool IsDone => Stage == "done";

    /// <summary>Sends the example body of the model's page, with a webhook.</summary>
    public static async Task<DemoRequest> SubmitAsync(HttpClient http, VideoModel model, string webhookUrl, CancellationToken cancellationToken)
    {
        var body = JsonNode.Parse(model.Example.GetRawText())!.AsObject();
        body["webhook_url"] = webhookUrl;
        using var response = await http.PostAsJsonAsync($"/v2/{model.Slug}", body, cancellationToken);
        var answer = await ReadAsync(response, cancellationToken);
        return new DemoRequest(http, model, answer["request_id"]!.GetValue<string>());
    }

    /// <summary>Asks for the state once.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        using var response = await http.GetAsync($"/v2/requests/{id}/status", cancellationToken);
        state = await ReadAsync(response, cancellationToken);
    }

    /// <summary>Waits for the webhook, downloads the video from the link in the result, and compares it with what the result says of it.</summary>
    public async Task<DemoStory> FinishAsync(WebhookReceiver receiver, string folder, CancellationToken cancellationToken)
    {
        var webhook = await receiver.WaitAsync(id, cancellationToken);
        using var response = await http.GetAsync($"/v2/requests/{id}", cancellationToken);
        var result = await ReadAsync(response, cancellationToken);
        if (result["video"] is not JsonObject video) return new DemoStory(Model, result, webhook, null, false);

        var file = Path.Combine(folder, Model.Slug + ".mp4");
        await using (var target = File.Create(file))
        {
            await using var source = await http.GetStreamAsync(new Uri(video["url"]!.GetValue<string>()), cancellationToken);
            await source.CopyToAsync(target, cancellationToken);
        }

        await using var written = File.OpenRead(file);
        var isWhole = Convert.ToHexStringLower(await SHA256.HashDataAsync(written, cancellationToken)) == video["sha256"]!.GetValue<string>();
        return new DemoStory(Model, result, webhook, file, isWhole);
    }

    private static async Task<JsonObject> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        // FAILED is an answer too, under 422.
        var answer = await response.Content.ReadFromJsonAsync<JsonObject>(cancellationToken);
        return answer is not null && (response.IsSuccessStatusCode || answer["status"] is not null)
            ? answer
            : throw new InvalidOperationException($"{response.RequestMessage!.RequestUri} answered {(int)response.StatusCode}: {answer?["error"]}");
    }
}
