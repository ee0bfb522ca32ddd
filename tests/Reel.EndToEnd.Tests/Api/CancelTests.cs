using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Reel.Generations;

namespace Reel.EndToEnd.Tests.Api;

/// <summary>POST /v2/requests/{id}/cancel, over an engine that takes its time.</summary>
public sealed class CancelTests
{
    [Fact]
    public async Task The_answer_waits_for_the_end_and_says_what_it_may_cost()
    {
        // On a clock that stands still the wait never comes to its limit.
        var time = new StandingTime();
        var engine = new MemoryEngine(time) { LooksUntilCanceled = 4 };
        await using var host = await ApiHost.StartAsync(time, engine);
        using var http = Caller(host);
        var id = await SubmitAsync(http);

        var (status, answer, _) = await CancelAsync(http, id);
        var (again, _, _) = await CancelAsync(http, id);

        Assert.Equal((HttpStatusCode.OK, "FAILED", "canceled", "unknown"), (status, (string?)answer["status"], (string?)answer["error_code"], (string?)answer["charged"]));
        Assert.Equal(HttpStatusCode.OK, again);
    }

    [Fact]
    public async Task What_does_not_end_in_time_is_answered_as_it_stands()
    {
        var time = new FastTime();
        var engine = new MemoryEngine(time) { LooksUntilCanceled = null, StateOfNew = new GenerationState(GenerationStatus.Queued, Stage.Submitting) };
        await using var host = await ApiHost.StartAsync(time, engine);
        using var http = Caller(host);
        var id = await SubmitAsync(http);

        var (status, answer, retryAfter) = await CancelAsync(http, id);

        Assert.Equal((HttpStatusCode.Accepted, "QUEUED", "submitting"), (status, (string?)answer["status"], (string?)answer["stage"]));
        Assert.Null(answer["charged"]);
        Assert.Equal(TimeSpan.FromSeconds(1), retryAfter);
        (await Description.ReadAsync(http)).AssertAnswer("POST", $"/v2/requests/{id}/cancel", 202, "application/json", answer.ToJsonString());
    }

    [Fact]
    public async Task An_engine_that_falls_silent_after_it_has_heard_is_no_error()
    {
        var time = new FastTime();
        var engine = new MemoryEngine(time);
        await using var host = await ApiHost.StartAsync(time, engine);
        using var http = Caller(host);
        var id = await SubmitAsync(http);

        engine.AnswerOnly(1); // the look before
        var (status, answer, _) = await CancelAsync(http, id);
        engine.AnswerOnly(null);

        Assert.Equal((HttpStatusCode.Accepted, "QUEUED"), (status, (string?)answer["status"]));
        Assert.Equal("canceled", (string?)(await CancelAsync(http, id)).Answer["error_code"]);
    }

    private static HttpClient Caller(ApiHost host) => new() { BaseAddress = host.Url, DefaultRequestHeaders = { { "x-api-key", ApiHost.Desk } } };

    private static async Task<string> SubmitAsync(HttpClient http)
    {
        using var submitted = await http.PostAsJsonAsync("/v2/kling-2.6", new { prompt = "a lighthouse" });
        return (string)(await submitted.Content.ReadFromJsonAsync<JsonNode>())!["request_id"]!;
    }

    private static async Task<(HttpStatusCode Status, JsonNode Answer, TimeSpan? RetryAfter)> CancelAsync(HttpClient http, string id)
    {
        using var answer = await http.PostAsync(new Uri($"/v2/requests/{id}/cancel", UriKind.Relative), null);
        return (answer.StatusCode, (await answer.Content.ReadFromJsonAsync<JsonNode>())!, answer.Headers.RetryAfter?.Delta);
    }

    /// <summary>Measures no time at all; its timers run.</summary>
    private sealed class StandingTime : TimeProvider
    {
        public override long GetTimestamp() => 0;
    }
}
