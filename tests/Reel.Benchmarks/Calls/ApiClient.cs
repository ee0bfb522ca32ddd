using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Reel.Benchmarks.Calls;

/// <summary>A caller of the API with so many connections.</summary>
/// <param name="apiKey">Null for none.</param>
internal sealed class ApiClient(Uri url, int connections, string? apiKey = null) : IDisposable
{
    private readonly HttpClient http = Connect(url, connections, apiKey);

    /// <summary>Submits a short silent video and gives its request's id; null when it was not accepted.</summary>
    /// <param name="webhookUrl">Null for no webhook.</param>
    /// <param name="idempotencyKey">Null for none.</param>
    public Task<string?> SubmitAsync(string prompt, string? webhookUrl, CancellationToken cancellationToken, string? idempotencyKey = null)
    {
        var body = new JsonObject { ["prompt"] = prompt, ["duration"] = 5, ["generate_audio"] = false };
        return SubmitAsync("kling-2.6", body, webhookUrl, idempotencyKey, cancellationToken);
    }

    /// <inheritdoc cref="SubmitAsync(string, string?, CancellationToken, string?)"/>
    public async Task<string?> SubmitAsync(string model, JsonObject body, string? webhookUrl, string? idempotencyKey, CancellationToken cancellationToken)
    {
        if (webhookUrl is not null) body["webhook_url"] = webhookUrl;
        using var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v2/{model}") { Content = content };
        if (idempotencyKey is not null) request.Headers.Add("Idempotency-Key", idempotencyKey);
        using var response = await http.SendAsync(request, cancellationToken);
        if (!response.IsSuccessStatusCode) return null;
        using var answer = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken));
        return answer.RootElement.GetProperty("request_id").GetString();
    }

    /// <summary>Reads what is there; false when nothing is. A FAILED request comes as 422 and is something.</summary>
    public async Task<bool> IsFoundAsync(string address, CancellationToken cancellationToken)
    {
        using var response = await http.GetAsync(address, cancellationToken);
        await response.Content.ReadAsByteArrayAsync(cancellationToken);
        return (int)response.StatusCode is (>= 200 and < 300) or 422;
    }

    /// <summary>Reads what has to be there.</summary>
    public async Task<JsonDocument> ReadAsync(string address, CancellationToken cancellationToken) =>
        JsonDocument.Parse(await http.GetByteArrayAsync(address, cancellationToken));

    /// <summary>Cancels a request.</summary>
    public async Task CancelAsync(string id, CancellationToken cancellationToken)
    {
        using var response = await http.PostAsync($"/v2/requests/{id}/cancel", null, cancellationToken);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Waits until it is time and then does something.</summary>
    /// <returns>When it was to begin, how long after that it ended, and whether it succeeded. What waits because what was before it is slow counts as slow.</returns>
    public static async Task<CallTime> TimeAsync(long due, Func<Task<bool>> call, CancellationToken cancellationToken)
    {
        var wait = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due);
        if (wait > TimeSpan.Zero) await Task.Delay(wait, cancellationToken);
        bool isAnswered;
        try
        {
            isAnswered = await call();
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            isAnswered = false;
        }

        return new CallTime(due, Stopwatch.GetElapsedTime(due), isAnswered);
    }

    public void Dispose() => http.Dispose();

    private static HttpClient Connect(Uri url, int connections, string? apiKey)
    {
        var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = connections, UseProxy = false })
        {
            BaseAddress = url,
            Timeout = TimeSpan.FromSeconds(100),
        };
        if (apiKey is not null) http.DefaultRequestHeaders.Add("x-api-key", apiKey);
        return http;
    }
}

/// <summary>How a call went.</summary>
/// <param name="Due">When it was to begin; a timestamp of <see cref="Stopwatch"/>.</param>
internal sealed record CallTime(long Due, TimeSpan Took, bool IsAnswered);
