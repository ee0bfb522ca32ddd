using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Reel.EndToEnd.Tests.Api;
using Reel.Generations;

namespace Reel.Functions.Tests.Api;

/// <summary>What holds an answer open, through the function.</summary>
public sealed class ApiWaitTests() : WorkerTest(("Api:AllowedOrigins", "https://page.example"))
{
    private static readonly GenerationState Rendering = new(GenerationStatus.Processing, Stage.Rendering, SubmittedAt: DateTimeOffset.UtcNow);

    private static readonly GenerationState Completed = new(
        GenerationStatus.Completed, Stage.Done, Charged: Charged.Yes, Video: new SavedVideo("desk/one.mp4", 1_000, new string('a', 64), "video/mp4"));

    [Fact]
    public async Task A_long_poll_answers_a_change()
    {
        var id = await SubmitAsync();
        var poll = Caller.GetFromJsonAsync<JsonElement>($"/v2/requests/{id}/status?wait=60");
        var patience = Stopwatch.StartNew();
        while (Server.Client.Asked == 0 && patience.Elapsed < TimeSpan.FromSeconds(30)) await Task.Delay(10);
        Assert.False(poll.IsCompleted);
        Server.Client.Advance(InstanceIds.Of("desk", id), OrchestrationRuntimeStatus.Running, Rendering);

        Assert.Equal("rendering", (await poll).GetProperty("stage").GetString());
    }

    [Fact]
    public async Task A_stream_comes_as_it_is_written_and_ends_with_the_end()
    {
        var id = await SubmitAsync();
        using var stream = new EventReader(await Caller.GetAsync($"/v2/requests/{id}/events", HttpCompletionOption.ResponseHeadersRead));
        var accepted = await stream.NextAsync("status");
        Server.Client.Advance(InstanceIds.Of("desk", id), OrchestrationRuntimeStatus.Completed, Completed);

        var completed = Assert.Single(await stream.RestAsync());

        Assert.Equal(("accepted", "done", 1d), (accepted.Stage, completed.Stage, completed.Fraction));
    }

    [Fact]
    public async Task A_listener_who_leaves_ends_the_function_without_a_failure()
    {
        var path = $"/v2/requests/{await SubmitAsync()}/events";
        using (var stream = new EventReader(await Caller.GetAsync(path, HttpCompletionOption.ResponseHeadersRead))) await stream.NextAsync("status");

        Assert.Null((await Server.InvocationOf(path)).Failure);
    }

    [Fact]
    public async Task A_synchronous_submit_answers_with_the_result()
    {
        Server.Client.StateOfNew = Completed;
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/kling-2.6") { Content = JsonContent.Create(new { prompt = "a lighthouse" }) };
        request.Headers.Accept.ParseAdd("application/json");

        using var answer = await Caller.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var result = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(InstanceIds.Of("desk", result.GetProperty("request_id").GetString()!), Assert.Single(Server.Client.Ids));
        Assert.Contains("/videos/desk/one.mp4?", result.GetProperty("output").GetString());
    }

    [Fact]
    public async Task A_cancel_answers_with_the_end_however_often_it_is_sent()
    {
        var id = await SubmitAsync();

        for (var times = 0; times < 2; times++)
        {
            using var answer = await Caller.PostAsync($"/v2/requests/{id}/cancel", null);
            var state = await answer.Content.ReadFromJsonAsync<JsonElement>();
            Assert.Equal((HttpStatusCode.OK, "canceled", "unknown"), (answer.StatusCode, state.GetProperty("error_code").GetString(), state.GetProperty("charged").GetString()));
        }
    }

    [Fact]
    public async Task A_synchronous_submit_whose_video_cannot_be_read_is_not_answered_so_that_it_is_sent_again()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var storage = builder.Build();
        storage.Run(context =>
        {
            context.Response.StatusCode = 403; // no trouble of the kind that the client retries
            return Task.CompletedTask;
        });
        await storage.StartAsync();
        var account = $"BlobEndpoint={storage.Urls.Single()}/devstoreaccount1;AccountName=devstoreaccount1;AccountKey={Convert.ToBase64String(new byte[64])}";
        await using var host = await WorkerServer.StartAsync(("AzureWebJobsStorage", account));
        host.Client.StateOfNew = Completed;
        using var http = host.Caller();

        using var answer = await http.PostAsJsonAsync("/v1/kling-2.6", new { prompt = "a lighthouse" });

        Assert.Equal((HttpStatusCode.GatewayTimeout, null), (answer.StatusCode, answer.Headers.RetryAfter));
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("answer_unavailable", body.GetProperty("error_code").GetString());
        Assert.Equal(InstanceIds.Of("desk", body.GetProperty("request_id").GetString()!), Assert.Single(host.Client.Ids));
    }

    [Fact]
    public async Task A_browsers_preflight_needs_no_key()
    {
        using var stranger = Server.Caller(key: null);
        using var preflight = new HttpRequestMessage(HttpMethod.Options, "/v2/kling-2.6")
        {
            Headers = { { "Origin", "https://page.example" }, { "Access-Control-Request-Method", "POST" } },
        };

        using var answer = await stranger.SendAsync(preflight);

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Equal("https://page.example", Assert.Single(answer.Headers.GetValues("Access-Control-Allow-Origin")));
    }

    private async Task<string> SubmitAsync()
    {
        using var answer = await Caller.PostAsJsonAsync("/v2/kling-2.6", new { prompt = "a lighthouse" });
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("request_id").GetString()!;
    }
}
