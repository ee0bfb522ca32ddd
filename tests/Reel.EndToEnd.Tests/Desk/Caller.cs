using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Reel.EndToEnd.Tests.Desk;

/// <summary>An answer, read whole.</summary>
internal sealed record Answer(HttpStatusCode Status, JsonNode? Body, HttpResponseHeaders Headers, HttpContentHeaders ContentHeaders)
{
    public string? this[string member] => Body is JsonObject answer && answer[member] is JsonValue value ? value.ToString() : null;
}

/// <summary>Somebody who calls the API over HTTP.</summary>
internal sealed class Caller(ReelProcess reel) : IDisposable
{
    /// <summary>For what is not JSON.</summary>
    public HttpClient Http { get; } = new() { BaseAddress = reel.Url };

    public Task<Answer> PostAsync(string path, JsonObject body, params (string Name, string Value)[] headers) =>
        PostAsync(path, body.ToJsonString(), headers);

    public async Task<Answer> PostAsync(string path, string json, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return await SendAsync(request);
    }

    public async Task<Answer> GetAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        return await SendAsync(request);
    }

    public async Task<Answer> SendAsync(HttpRequestMessage request)
    {
        using var response = await Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        try
        {
            return new Answer(response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text), response.Headers, response.Content.Headers);
        }
        catch (JsonException)
        {
            Assert.Fail($"{request.Method} {request.RequestUri} answered {(int)response.StatusCode} with what is no JSON: {text}{reel.Story}");
            throw;
        }
    }

    /// <summary>Sends a request that is to be accepted.</summary>
    /// <returns>Its id.</returns>
    public async Task<string> SubmitAsync(JsonObject body, string model = "kling-2.6", params (string Name, string Value)[] headers)
    {
        var answer = await PostAsync($"/v2/{model}", body, headers);
        Assert.True(answer.Status == HttpStatusCode.OK, $"{(int)answer.Status} {answer.Body}{reel.Story}");
        return answer["request_id"]!;
    }

    public Task<Answer> StatusAsync(string id) => GetAsync($"/v2/requests/{id}/status");

    public Task<Answer> ResultAsync(string id) => GetAsync($"/v2/requests/{id}");

    /// <summary>Polls until the request is COMPLETED or FAILED.</summary>
    /// <returns>The full result.</returns>
    public async Task<Answer> FinishAsync(string id, int seconds = 60)
    {
        await WaitAsync(id, answer => answer["status"] is "COMPLETED" or "FAILED", "the end", seconds);
        return await ResultAsync(id);
    }

    /// <summary>Polls until the request is COMPLETED.</summary>
    /// <returns>The full result.</returns>
    public async Task<Answer> CompleteAsync(string id, int seconds = 60)
    {
        var result = await FinishAsync(id, seconds);
        Assert.True(result["status"] == "COMPLETED", $"{id} is {result.Body}{reel.Story}");
        return result;
    }

    /// <summary>Polls until a request is in the given stage.</summary>
    public Task<Answer> WaitForStageAsync(string id, string stage, int seconds = 30) =>
        WaitAsync(id, answer => answer["stage"] == stage, $"stage {stage}", seconds);

    /// <summary>Polls the status until it is as wanted.</summary>
    public async Task<Answer> WaitAsync(string id, Func<Answer, bool> condition, string what, int seconds = 30)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            var answer = await StatusAsync(id);
            if (condition(answer)) return answer;
            Assert.True(watch.Elapsed.TotalSeconds < seconds, $"Waited {seconds} seconds in vain for {what} of {id}: {answer.Body}{reel.Story}");
            await Task.Delay(30);
        }
    }

    public void Dispose() => Http.Dispose();
}
