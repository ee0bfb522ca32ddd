using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Reel.EndToEnd.Tests.Api;

/// <summary>POST /v1/{model}: the video is the answer.</summary>
[Collection(ApiTests.Name)]
public sealed class SyncTests(ApiDesk desk)
{
    [Theory]
    [InlineData(null)]
    [InlineData("*/*")]
    [InlineData("video/mp4, application/json")]
    [InlineData("application/json, text/plain, */*")]
    public async Task The_answer_is_the_video_with_what_it_cost(string? accept)
    {
        using var answer = await PostAsync($"a ferry for {accept}", accept);
        var bytes = await answer.Content.ReadAsByteArrayAsync();

        Assert.True(answer.StatusCode == HttpStatusCode.OK, Encoding.UTF8.GetString(bytes));
        Assert.Equal("video/mp4", answer.Content.Headers.ContentType!.MediaType);
        var id = Header(answer, "x-request-id");
        var result = await desk.Caller.ResultAsync(id);
        Assert.Equal(await desk.Bench.Provider.FileAsync(result["provider_request_id"]!), bytes);
        var metrics = result.Body!["metrics"]!;
        Assert.Equal(metrics["cost"]!.GetValue<decimal>(), Number(answer, "x-cost"));
        Assert.Equal(metrics["remaining_credits"]!.GetValue<decimal>(), Number(answer, "x-remaining-credits"));
        Assert.Equal(metrics["total_time"]!.GetValue<decimal>(), Number(answer, "x-generation-time"));
        Assert.Contains("engine;dur=", Header(answer, "Server-Timing"), StringComparison.Ordinal);
        Assert.Contains("storage;dur=", Header(answer, "Server-Timing"), StringComparison.Ordinal);
        Assert.Single(await desk.Bench.Inbox.WaitAsync(id));
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/json, */*;q=0.5")]
    public async Task It_is_the_result_when_JSON_is_asked_for(string accept)
    {
        using var answer = await PostAsync($"a ferry told of {accept}", accept);
        var result = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("COMPLETED", (string?)result["status"]);
        Assert.NotNull(result["output"]);
        Assert.Equal(result["metrics"]!["cost"]!.GetValue<decimal>(), Number(answer, "x-cost"));
    }

    [Fact]
    public async Task The_same_key_is_the_same_video()
    {
        using var first = await PostAsync("a ferry twice", null, "ferry-twice");
        using var second = await PostAsync("a ferry twice", null, "ferry-twice");

        Assert.Equal(Header(first, "x-request-id"), Header(second, "x-request-id"));
        Assert.Equal("true", Header(second, "Idempotent-Replayed"));
        Assert.Equal(await first.Content.ReadAsByteArrayAsync(), await second.Content.ReadAsByteArrayAsync());
        Assert.Equal(1, await desk.Bench.Provider.AcceptedAsync("a ferry twice"));
    }

    [Fact]
    public async Task A_render_that_fails_is_422_with_the_error()
    {
        using var answer = await PostAsync("a ferry [fail]", null);
        var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Equal(("FAILED", "provider_failed"), ((string?)body["status"], (string?)body["error_code"]));
        Assert.Equal(Header(answer, "x-request-id"), (string?)body["request_id"]);
        Assert.False(answer.Headers.Contains("x-cost"));
    }

    [Fact]
    public async Task A_model_that_the_provider_has_retired_is_410_here_and_named_in_v2()
    {
        await desk.Bench.Provider.FaultsAsync("""{"where": "submit", "kind": "status", "status": 410, "prompt_contains": "a retired ferry"}""");
        using var answer = await PostAsync("a retired ferry", null);
        await desk.Bench.Provider.FaultsAsync();

        Assert.Equal(HttpStatusCode.Gone, answer.StatusCode);
        var result = await desk.Caller.ResultAsync(Header(answer, "x-request-id"));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "submit_refused", "410"), (result.Status, result["error_code"], result["provider_status"]));
    }

    [Fact]
    public async Task A_caller_who_leaves_has_the_request_all_the_same()
    {
        using var leaving = new CancellationTokenSource();
        var call = PostAsync("a missed ferry [slow]", null, cancellationToken: leaving.Token);
        string id;
        while ((id = await FindAsync("submitting", "rendering")) is "") await Task.Delay(30);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);

        await desk.Caller.CompleteAsync(id);
        Assert.Single(await desk.Bench.Inbox.WaitAsync(id));

        async Task<string> FindAsync(params string[] stages)
        {
            var newest = (await desk.Caller.GetAsync("/v2/requests?limit=1")).Body!["requests"]!.AsArray();
            return newest is [{ } one] && stages.Contains((string?)one["stage"]) ? (string)one["request_id"]! : "";
        }
    }

    [Fact]
    public async Task The_older_path_has_the_same_record()
    {
        var submitted = await desk.Caller.PostAsync("/v2/kling-2.6", desk.Bench.Body("an old ferry"));
        await desk.Caller.CompleteAsync(submitted["request_id"]!);

        var older = await desk.Caller.GetAsync(new Uri(submitted["poll_url"]!).AbsolutePath);

        Assert.StartsWith("/v1/requests/", new Uri(submitted["poll_url"]!).AbsolutePath, StringComparison.Ordinal);
        var newer = await desk.Caller.ResultAsync(submitted["request_id"]!);
        Assert.Equal(("COMPLETED", newer["finished_at"]), (older["status"], older["finished_at"]));
        Assert.Equal(newer.Body!.AsObject().Select(member => member.Key), older.Body!.AsObject().Select(member => member.Key));
    }

    private async Task<HttpResponseMessage> PostAsync(string prompt, string? accept, string? key = null, CancellationToken cancellationToken = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/kling-2.6")
        {
            Content = new StringContent(desk.Bench.Body(prompt).ToJsonString(), Encoding.UTF8, new MediaTypeHeaderValue("application/json")),
        };
        if (accept is not null) request.Headers.TryAddWithoutValidation("Accept", accept);
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        return await desk.Caller.Http.SendAsync(request, cancellationToken);
    }

    private static string Header(HttpResponseMessage answer, string name) => Assert.Single(answer.Headers.GetValues(name));

    private static decimal Number(HttpResponseMessage answer, string name) => decimal.Parse(Header(answer, name), CultureInfo.InvariantCulture);
}
