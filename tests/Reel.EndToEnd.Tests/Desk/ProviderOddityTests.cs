using System.Net;

namespace Reel.EndToEnd.Tests.Desk;

/// <summary>The provider answers, and what it says is odd: requests end right all the same, on one bill each.</summary>
public sealed class ProviderOddityTests
{
    [Fact]
    public async Task A_status_that_goes_backwards_changes_nothing_of_what_was_known()
    {
        await using var bench = await Bench.CreateAsync();
        await bench.Provider.FaultsAsync(
            """{"prompt_contains": "a render", "where": "submit", "kind": "render_time", "seconds": 3}""",
            """{"prompt_contains": "a render", "where": "status", "kind": "backwards", "as": "PROCESSING", "times": 1}""",
            """{"prompt_contains": "a render", "where": "status", "kind": "backwards", "as": "QUEUED", "times": 4}""",
            """{"prompt_contains": "a result", "where": "result", "kind": "backwards", "as": "PROCESSING", "times": 1}""",
            """{"prompt_contains": "a result", "where": "result", "kind": "backwards", "as": "QUEUED", "times": 1}""");
        using var caller = new Caller(await bench.StartAsync());

        var render = await caller.SubmitAsync(bench.Body("a render"));
        var result = await caller.SubmitAsync(bench.Body("a result"));
        await caller.WaitAsync(render, answer => answer["status"] == "PROCESSING", "PROCESSING");
        await caller.WaitAsync(
            render,
            answer =>
            {
                Assert.NotEqual("QUEUED", answer["status"]);
                return answer["status"] == "COMPLETED";
            },
            "the end",
            seconds: 60);

        foreach (var id in (string[])[render, result])
        {
            var done = await caller.CompleteAsync(id);
            Assert.Null(done["trouble"]);
            Assert.Equal("yes", done["charged"]);
            await bench.AssertSavedAsync(done);
            Assert.Single(await bench.Inbox.WaitAsync(id));
        }

        var struck = await bench.Provider.StruckAsync();
        Assert.Equal([1, 4, 1, 1], struck[1..]);
        Assert.Equal(2, await bench.Provider.AcceptedAsync());
    }

    [Theory]
    [InlineData(-86_400, "iso")]
    [InlineData(86_400, "rfc1123")]
    [InlineData(86_400, "unix")]
    public async Task A_provider_whose_clock_is_a_day_off_is_not_waited_for_that_long(int seconds, string format)
    {
        await using var bench = await Bench.CreateAsync();
        await bench.Provider.FaultsAsync(
            $$"""{"where": "any", "kind": "clock_skew", "seconds": {{seconds}}}""",
            $$"""{"where": "submit", "kind": "rate_limit", "seconds": 2, "format": "{{format}}", "times": 1}""");
        using var caller = new Caller(await bench.StartAsync());

        var id = await caller.SubmitAsync(bench.Body("yesterday"));
        var done = await caller.CompleteAsync(id);

        await bench.AssertSavedAsync(done);
        var submits = await bench.Provider.SubmitsAsync();
        Assert.Equal([429, 200], submits.Select(submit => submit["status"]!.GetValue<int>()));
    }

    [Fact]
    public async Task A_record_that_is_gone_too_soon_ends_as_expired_and_its_charge_as_unknown()
    {
        await using var bench = await Bench.CreateAsync();
        await bench.Provider.FaultsAsync("""{"where": "status", "kind": "expire_record", "from": 2}""");
        using var caller = new Caller(await bench.StartAsync());

        var id = await caller.SubmitAsync(bench.Body("a mayfly"));
        var result = await caller.FinishAsync(id, 120);

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "FAILED", "expired", "unknown"), (result.Status, result["status"], result["error_code"], result["charged"]));
        Assert.Single(await bench.Inbox.WaitAsync(id));
        Assert.Single(await bench.Provider.SubmitsAsync());
    }

    [Fact]
    public async Task A_file_that_is_gone_too_soon_is_asked_for_again_and_the_trouble_and_the_link_are_shown()
    {
        await using var bench = await Bench.CreateAsync();
        await bench.Provider.FaultsAsync("""{"where": "submit", "kind": "expire_file"}""");
        using var caller = new Caller(await bench.StartAsync());

        var id = await caller.SubmitAsync(bench.Body("smoke"));
        var answer = await caller.WaitAsync(id, answer => answer["trouble"] is not null && answer["stage"] == "saving", "trouble with saving", 60);

        Assert.Equal("PROCESSING", answer["status"]);
        Assert.Contains("404", answer["trouble"], StringComparison.Ordinal);
        Assert.NotNull(answer["retry_at"]);
        Assert.StartsWith(bench.Provider.Url.AbsoluteUri, answer["provider_url"], StringComparison.Ordinal);
        Assert.Single(await bench.Provider.SubmitsAsync());
    }

    [Theory]
    [InlineData("corrupt")]
    [InlineData("truncated")]
    [InlineData("oversized")]
    public async Task A_download_with_wrong_bytes_is_not_taken_for_the_video(string kind)
    {
        await using var bench = await Bench.CreateAsync();
        await bench.Provider.FaultsAsync($$"""{"where": "download", "kind": "{{kind}}", "times": 2}""");
        using var caller = new Caller(await bench.StartAsync());

        var id = await caller.SubmitAsync(bench.Body($"a {kind} one"));
        var done = await caller.CompleteAsync(id, 120);

        await bench.AssertSavedAsync(done);
        Assert.Equal(2, Assert.Single(await bench.Provider.StruckAsync()));
        Assert.Single(await bench.Provider.SubmitsAsync());
    }
}
