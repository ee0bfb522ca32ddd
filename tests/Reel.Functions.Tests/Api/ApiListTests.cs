using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Grpc.Core;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Reel.Functions.Tests.Api;

/// <summary>Lists that take several of the engine's pages, and trouble in the middle of them.</summary>
public sealed class ApiListTests : WorkerTest
{
    private readonly Queue<Func<Page<OrchestrationMetadata>>> pages = new();

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        Server.Client.Listing = () => pages.Dequeue()();
    }

    [Theory]
    [InlineData(StatusCode.Unknown)]
    [InlineData(StatusCode.Internal)]
    [InlineData(StatusCode.Unavailable)]
    public async Task A_page_that_fails_after_another_is_the_engines_trouble_and_not_a_wrong_cursor(StatusCode code)
    {
        pages.Enqueue(() => Empty("more"));
        pages.Enqueue(() => throw new RpcException(new Status(code, "storage is slow")));

        var answer = await Caller.GetAsync("/v2/requests");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal("unavailable", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error_code").GetString());
    }

    [Fact]
    public async Task A_cursor_that_the_engine_refuses_is_named()
    {
        // After so many empty pages the caller is asked to go on.
        for (var i = 0; i < 20; i++) pages.Enqueue(() => Empty("more"));
        var cursor = (await Caller.GetFromJsonAsync<JsonElement>("/v2/requests")).GetProperty("next_cursor").GetString();
        pages.Enqueue(() => throw new RpcException(new Status(StatusCode.Unknown, "no such token")));

        var answer = await Caller.GetAsync($"/v2/requests?cursor={cursor}");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.True((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").TryGetProperty("cursor", out _));
    }

    [Fact]
    public async Task Until_the_beginning_of_all_times_there_is_nothing()
    {
        pages.Enqueue(() => Empty(null));

        var answer = await Caller.GetFromJsonAsync<JsonElement>("/v2/requests?since=0001-01-01&until=0001-01-01");

        Assert.Equal(0, answer.GetProperty("requests").GetArrayLength());
    }

    private static Page<OrchestrationMetadata> Empty(string? token) => new([], token);
}
