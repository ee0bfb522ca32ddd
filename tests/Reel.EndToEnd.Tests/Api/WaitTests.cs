using System.Net;
using System.Text.Json.Nodes;
using Reel.EndToEnd.Tests.Azurite;
using Reel.Generations;

namespace Reel.EndToEnd.Tests.Api;

/// <summary>?wait= on a request and its status, on a clock twenty times as fast.</summary>
public sealed class WaitTests
{
    [Theory]
    [InlineData("?wait=60")]
    [InlineData("/status?wait=60")]
    public async Task A_change_of_status_or_stage_is_answered(string path)
    {
        await using var waiter = await Waiter.StartAsync();
        var asked = waiter.Engine.Asked;
        var answer = waiter.GetAsync(path);
        await Wait.UntilAsync(() => waiter.Engine.Asked > asked, "the first look");
        Assert.False(answer.IsCompleted);

        waiter.Render();

        Assert.Equal(("PROCESSING", "rendering"), Read(await answer));
    }

    [Fact]
    public async Task A_change_of_neither_is_waited_over_and_the_end_of_the_wait_is_answered_with_what_there_is()
    {
        await using var waiter = await Waiter.StartAsync();
        waiter.Render();
        var asked = waiter.Engine.Asked;
        var answer = waiter.GetAsync("/status?wait=12.5");
        await Wait.UntilAsync(() => waiter.Engine.Asked > asked, "the first look");
        waiter.Advance(new GenerationState(GenerationStatus.Processing, Stage.Rendering, SubmittedAt: waiter.Time.GetUtcNow(), Trouble: "fog"));

        var (status, body) = await answer;

        Assert.Equal((HttpStatusCode.OK, "fog"), (status, (string?)body["trouble"]));
        Assert.True(waiter.Engine.Asked >= asked + 3);
    }

    [Theory]
    [InlineData("")]
    [InlineData("?wait=")]
    [InlineData("?wait=0")]
    public async Task Without_a_wait_there_is_one_look(string query)
    {
        await using var waiter = await Waiter.StartAsync();
        var asked = waiter.Engine.Asked;

        Assert.Equal(("QUEUED", "accepted"), Read(await waiter.GetAsync("/status" + query)));

        Assert.Equal(asked + 1, waiter.Engine.Asked);
    }

    [Fact]
    public async Task What_is_final_is_not_waited_for()
    {
        await using var waiter = await Waiter.StartAsync();
        waiter.Fail();
        var asked = waiter.Engine.Asked;

        Assert.Equal(("FAILED", "done"), Read(await waiter.GetAsync("/status?wait=60")));

        Assert.Equal(asked + 1, waiter.Engine.Asked);
    }

    [Fact]
    public async Task What_is_under_way_has_progress_and_a_time_to_ask_again_and_what_is_final_has_not()
    {
        await using var waiter = await Waiter.StartAsync();
        waiter.Render();
        using var rendering = await waiter.Http.GetAsync($"/v2/requests/{waiter.Id}");
        var progress = JsonNode.Parse(await rendering.Content.ReadAsStringAsync())!["progress"]!;
        waiter.Fail();
        using var failed = await waiter.Http.GetAsync($"/v2/requests/{waiter.Id}/status");

        Assert.InRange((double)progress["fraction"]!, 0, 0.95);
        Assert.InRange((int)progress["seconds_left"]!, 1, 300);
        Assert.InRange(rendering.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));
        Assert.Null(failed.Headers.RetryAfter);
        Assert.Null(JsonNode.Parse(await failed.Content.ReadAsStringAsync())!["progress"]);
    }

    private static (string?, string?) Read((HttpStatusCode Status, JsonNode Body) answer) => ((string?)answer.Body["status"], (string?)answer.Body["stage"]);
}
