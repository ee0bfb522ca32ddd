using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.DurableTask.Client;
using Reel.Generations;
using Reel.Segmind;

namespace Reel.Functions.Tests.Api;

/// <summary>Requests that are answered as they should be, through the function.</summary>
public sealed class ApiFunctionTests : WorkerTest
{
    private static readonly object Prompt = new { prompt = "a lighthouse" };

    [Fact]
    public async Task A_submit_starts_one_orchestration_and_answers_at_once()
    {
        var answer = await Caller.PostAsJsonAsync("/v2/kling-2.6", Prompt);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
        var id = body.GetProperty("request_id").GetString()!;
        Assert.Equal("QUEUED", body.GetProperty("status").GetString());
        Assert.Equal($"{Server.Address}v2/requests/{id}/status", body.GetProperty("status_url").GetString());
        Assert.Equal($"desk_{id}", Assert.Single(Server.Client.Ids));
        Assert.Equal(("desk", "kling-2.6"), (Server.Client.Input($"desk_{id}").CallerId, Server.Client.Input($"desk_{id}").Model));
    }

    [Fact]
    public async Task The_urls_of_an_answer_work()
    {
        var submitted = await SubmitAsync();

        foreach (var url in new[] { "status_url", "response_url", "poll_url" })
        {
            var answer = await Caller.GetAsync(submitted.GetProperty(url).GetString());
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal("no-store", answer.Headers.CacheControl!.ToString());
            Assert.Equal("QUEUED", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("status").GetString());
        }
    }

    [Fact]
    public async Task The_state_is_the_orchestrators_own()
    {
        var submitted = await SubmitAsync();
        Server.Client.Advance(
            InstanceOf(submitted), OrchestrationRuntimeStatus.Running, new GenerationState(GenerationStatus.Processing, Stage.Saving));

        var status = await Caller.GetFromJsonAsync<JsonElement>(submitted.GetProperty("status_url").GetString());

        Assert.Equal(("PROCESSING", "saving"), (status.GetProperty("status").GetString(), status.GetProperty("stage").GetString()));
    }

    [Fact]
    public async Task A_completed_request_has_its_video()
    {
        var submitted = await SubmitAsync();
        var video = new SavedVideo("desk/one.mp4", 1_000, new string('a', 64), "video/mp4");
        Server.Client.Advance(
            InstanceOf(submitted),
            OrchestrationRuntimeStatus.Completed,
            new GenerationState(GenerationStatus.Completed, Stage.Done, Charged: Charged.Yes, Video: video));

        var result = await Caller.GetFromJsonAsync<JsonElement>(submitted.GetProperty("response_url").GetString());

        Assert.Equal("COMPLETED", result.GetProperty("status").GetString());
        Assert.Contains("/videos/desk/one.mp4?", result.GetProperty("output").GetString());
        Assert.Equal(1_000, result.GetProperty("video").GetProperty("file_size").GetInt64());
    }

    [Theory]
    [InlineData("status_url")]
    [InlineData("response_url")]
    public async Task A_failed_request_answers_422(string url)
    {
        var submitted = await SubmitAsync();
        Server.Client.Advance(
            InstanceOf(submitted),
            OrchestrationRuntimeStatus.Completed,
            new GenerationState(GenerationStatus.Failed, Stage.Done, Error: "the image could not be read", ErrorCode: ErrorCodes.ProviderFailed));

        var answer = await Caller.GetAsync(submitted.GetProperty(url).GetString());

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Equal("the image could not be read", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetString());
    }

    [Fact]
    public async Task What_the_provider_reported_as_its_cost_is_told_to_the_last_digit()
    {
        var submitted = await SubmitAsync();
        Server.Client.Advance(
            InstanceOf(submitted),
            OrchestrationRuntimeStatus.Completed,
            new GenerationState(GenerationStatus.Completed, Stage.Done, Charged: Charged.Yes, Metrics: new RenderMetrics(Cost: 0.43800000000000001m)));

        var result = await Caller.GetFromJsonAsync<JsonElement>(submitted.GetProperty("response_url").GetString());

        Assert.Equal(0.43800000000000001m, result.GetProperty("cost").GetDecimal());
        Assert.Equal(0.43800000000000001m, result.GetProperty("metrics").GetProperty("cost").GetDecimal());
    }

    [Fact]
    public async Task What_has_no_unknown_outcome_is_not_resubmitted()
    {
        var submitted = await SubmitAsync();

        var answer = await Caller.PostAsync($"/v2/requests/{submitted.GetProperty("request_id")}/resubmit", null);
        var stranger = await Caller.PostAsync("/v2/requests/9f4b9c3e-1234-8abc-9def-0123456789ab/resubmit", null);

        Assert.Equal((HttpStatusCode.Conflict, HttpStatusCode.NotFound), (answer.StatusCode, stranger.StatusCode));
        Assert.Equal("not_resubmittable", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error_code").GetString());
        Assert.Single(Server.Client.Ids);
    }

    [Fact]
    public async Task The_models_are_a_literal_route_before_a_parameter()
    {
        var models = await Caller.GetFromJsonAsync<JsonElement>("/v2/models");
        var model = await Caller.GetFromJsonAsync<JsonElement>("/v2/models/kling-2.6");

        Assert.Equal(3, models.GetArrayLength());
        Assert.Equal("kling-2.6", model.GetProperty("slug").GetString());
    }

    [Fact]
    public async Task The_health_is_anyones_to_ask()
    {
        using var stranger = Server.Caller(key: null);

        Assert.Equal("ok", (await stranger.GetFromJsonAsync<JsonElement>("/healthz")).GetProperty("status").GetString());
    }

    [Theory]
    [InlineData("/healthz")]
    [InlineData("/v2/models")]
    public async Task A_head_is_answered_like_a_get_without_its_body(string path)
    {
        using var head = new HttpRequestMessage(HttpMethod.Head, path);

        var answer = await Caller.SendAsync(head);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task A_bearer_token_is_a_key_too()
    {
        using var bearer = Server.Caller(key: null);
        bearer.DefaultRequestHeaders.Authorization = new("Bearer", WorkerServer.ShopKey);

        Assert.Equal(HttpStatusCode.OK, (await bearer.PostAsJsonAsync("/v2/kling-2.6", Prompt)).StatusCode);
        Assert.StartsWith("shop_", Assert.Single(Server.Client.Ids));
    }

    [Fact]
    public async Task A_caller_does_not_see_what_is_anothers()
    {
        using var other = Server.Caller(WorkerServer.ShopKey);
        var submitted = await SubmitAsync();

        foreach (var url in new[] { "status_url", "response_url" })
            Assert.Equal(HttpStatusCode.NotFound, (await other.GetAsync(submitted.GetProperty(url).GetString())).StatusCode);
    }

    [Fact]
    public async Task The_public_url_is_where_answers_point()
    {
        await using var hidden = await WorkerServer.StartAsync(("Api:PublicUrl", "https://reel.example/api/"));
        using var client = hidden.Caller();

        var answer = await client.PostAsJsonAsync("/v2/kling-2.6", Prompt);

        var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.StartsWith("https://reel.example/api/v2/requests/", body.GetProperty("response_url").GetString());
    }

    [Fact]
    public async Task Requests_at_the_same_time_have_each_the_client_of_their_own_binding()
    {
        const int Count = 24;
        var gate = new TaskCompletionSource();
        var names = Enumerable.Range(0, Count).Select(i => $"client-{i}").ToList();
        foreach (var name in names) Server.Clients[name] = new MemoryClient { Gate = gate.Task };

        var posts = names.Select(name => PostAsync(name)).ToList();
        gate.SetResult();
        var ids = await Task.WhenAll(posts);

        Assert.Equal(Count, ids.Distinct().Count());
        Assert.Equal(ids, names.Select(name => Assert.Single(Server.Clients[name].Ids)));
        Assert.Empty(Server.Client.Ids);

        async Task<string> PostAsync(string name)
        {
            using var post = new HttpRequestMessage(HttpMethod.Post, "/v2/kling-2.6") { Content = JsonContent.Create(Prompt) };
            post.Headers.Add(WorkerServer.ClientHeader, name);
            var answer = await Caller.SendAsync(post);
            return InstanceOf(await answer.Content.ReadFromJsonAsync<JsonElement>());
        }
    }

    private static string InstanceOf(JsonElement submitted) => $"desk_{submitted.GetProperty("request_id").GetString()}";

    private async Task<JsonElement> SubmitAsync()
    {
        var answer = await Caller.PostAsJsonAsync("/v2/kling-2.6", Prompt);
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }
}
