using System.Net;

namespace Reel.EndToEnd.Tests.Emulator;

public sealed class FaultRuleTests
{
    [Theory]
    [InlineData("""[{"where": "submit", "kind": "explode"}]""", "rules[0]: unknown kind 'explode'. Known: status, rate_limit,")]
    [InlineData("""[{"where": "submit"}]""", "rules[0]: unknown kind ''")]
    [InlineData("""[{"where": "status", "kind": "hang"}, {"where": "nowhere", "kind": "hang"}]""", "rules[1]: 'where' must be one of submit,")]
    [InlineData("""[{"kind": "hang"}]""", "rules[0]: 'where' must be one of submit,")]
    [InlineData("""[{"where": "submit", "kind": "truncated"}]""", "rules[0]: truncated happens at download only")]
    [InlineData("""[{"where": "submit", "kind": "status"}]""", "rules[0]: status needs 'status'")]
    [InlineData("""[{"where": "submit", "kind": "status", "status": 99}]""", "rules[0]: 'status' must be from 200 to 599")]
    [InlineData("""[{"where": "submit", "kind": "status", "status": "x"}]""", "rules[0]: status has the wrong type")]
    [InlineData("""[{"where": "submit", "kind": "hang", "bytes": 1}]""", "rules[0]: 'bytes' means nothing to hang")]
    [InlineData("""[{"where": "submit", "kind": "hang", "times": 0}]""", "rules[0]: 'times' must be 1 or more")]
    [InlineData("""[{"where": "submit", "kind": "hang", "from": 0}]""", "rules[0]: 'from' must be 1 or more")]
    [InlineData("""[{"where": "submit", "kind": "hang", "probability": 1.5}]""", "rules[0]: 'probability' must be from 0 to 1")]
    [InlineData("""[{"where": "submit", "kind": "delay", "seconds": -1}]""", "rules[0]: 'seconds' must be 0 or more")]
    [InlineData("""[{"where": "submit", "kind": "rate_limit", "reset": "never"}]""", "rules[0]: 'reset' must be one of in_seconds,")]
    [InlineData("""[{"where": "submit", "kind": "rate_limit", "format": "roman"}]""", "rules[0]: 'format' must be one of iso, rfc1123, unix")]
    [InlineData("""[{"where": "submit", "kind": "rate_limit", "reset": "absent", "format": "iso"}]""", "rules[0]: 'format' means nothing to absent")]
    [InlineData("""[{"where": "status", "kind": "backwards", "as": "FAILED"}]""", "rules[0]: 'as' must be QUEUED or PROCESSING")]
    [InlineData("""[{"where": "submit", "kind": "redirect", "location": "/", "status": 200}]""", "'status' of a redirect must be from 300 to 399")]
    [InlineData("""[{"where": "download", "kind": "dribble", "bytes_per_second": 0}]""", "'bytes_per_second' must be 1 or more")]
    [InlineData("""[{"where": "download", "kind": "wrong_length", "bytes": -1}]""", "'bytes' must be 0 or more")]
    [InlineData("""{"where": "submit", "kind": "hang"}""", "The body must be a JSON array of rules")]
    [InlineData("""[7]""", "rules[0] must be a JSON object")]
    [InlineData("""[""", "")]
    public async Task A_rule_that_makes_no_sense_is_400_and_the_old_rules_stay(string rules, string error)
    {
        await using var emulator = await TestEmulator.StartAsync();
        await emulator.FaultsAsync("""[{"where": "submit", "kind": "status", "status": 502}]""");

        using var response = await emulator.Http.PutAsync("/emulator/faults", TestEmulator.JsonBody(rules));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(error, await response.ErrorAsync(), StringComparison.Ordinal);
        Assert.Equal(1, (await emulator.GetJsonAsync("/emulator/faults")).GetArrayLength());
    }

    [Fact]
    public async Task Rules_are_shown_with_their_counts_replaced_and_deleted()
    {
        await using var emulator = await TestEmulator.StartAsync();
        await emulator.FaultsAsync("""[{"where": "submit", "kind": "status", "status": 500, "from": 2, "times": 1}]""");
        var statuses = await StatusesAsync(emulator, 3);
        var shown = (await emulator.GetJsonAsync("/emulator/faults"))[0];

        using var deleted = await emulator.Http.DeleteAsync("/emulator/faults");

        Assert.Equal([200, 500, 200], statuses);
        Assert.Equal(3, shown.GetProperty("matched").GetInt32());
        Assert.Equal(1, shown.GetProperty("struck").GetInt32());
        Assert.Equal("status", shown.GetProperty("rule").GetProperty("kind").GetString());
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.Equal(0, (await emulator.GetJsonAsync("/emulator/faults")).GetArrayLength());
    }

    [Theory]
    [InlineData("""{"where": "submit", "kind": "status", "status": 500, "model": "kling-2.6"}""", 200)]
    [InlineData("""{"where": "submit", "kind": "status", "status": 500, "model": "kling-1.6-text2video"}""", 500)]
    [InlineData("""{"where": "submit", "kind": "status", "status": 500, "prompt_contains": "wolf"}""", 200)]
    [InlineData("""{"where": "submit", "kind": "status", "status": 500, "prompt_contains": "fox"}""", 500)]
    [InlineData("""{"where": "any", "kind": "status", "status": 500}""", 500)]
    [InlineData("""{"where": "status", "kind": "status", "status": 500}""", 200)]
    public async Task A_rule_strikes_only_whom_it_is_meant_for(string rule, int status)
    {
        await using var emulator = await TestEmulator.StartAsync();
        await emulator.FaultsAsync($"[{rule}]");

        Assert.Equal([status], await StatusesAsync(emulator, 1));
    }

    [Fact]
    public async Task A_rule_for_one_request_leaves_the_others_alone()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var one = await emulator.AcceptedAsync();
        var other = await emulator.AcceptedAsync();
        await emulator.FaultsAsync($$"""[{"where": "result", "kind": "status", "status": 503, "request_id": "{{one}}"}]""");

        using var struck = await emulator.Http.GetAsync($"/v1/requests/{one}");
        using var spared = await emulator.Http.GetAsync($"/v1/requests/{other}");
        using var elsewhere = await emulator.Http.GetAsync($"/v2/requests/{one}/status");

        Assert.Equal([503, 200, 200], new[] { struck, spared, elsewhere }.Select(response => (int)response.StatusCode));
    }

    [Fact]
    public async Task Chance_strikes_the_same_requests_for_the_same_seed()
    {
        const string Rule = """[{"where": "submit", "kind": "status", "status": 500, "probability": 0.5}]""";
        var runs = new List<int[]>();
        foreach (var seed in (int[])[1, 1, 2])
        {
            await using var emulator = await TestEmulator.StartAsync(seed: seed);
            await emulator.FaultsAsync(Rule);
            runs.Add(await StatusesAsync(emulator, 40));
        }

        Assert.Equal(runs[0], runs[1]);
        Assert.NotEqual(runs[0], runs[2]);
        Assert.InRange(runs[0].Count(status => status == 500), 5, 35);
    }

    [Fact]
    public async Task The_first_rule_that_decides_wins_and_those_that_shape_add_up()
    {
        await using var emulator = await TestEmulator.StartAsync();
        await emulator.FaultsAsync("""
            [{"where": "submit", "kind": "clock_skew", "seconds": 3600},
             {"where": "submit", "kind": "status", "status": 502},
             {"where": "submit", "kind": "status", "status": 503}]
            """);

        using var response = await emulator.SubmitAsync();
        var counts = (await emulator.GetJsonAsync("/emulator/faults")).EnumerateArray().Select(rule => rule.GetProperty("matched").GetInt32());

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.True(response.Headers.Date > emulator.Time.GetUtcNow().AddMinutes(50));
        Assert.Equal([1, 1, 0], counts);
        var seen = (await emulator.GetJsonAsync("/emulator/requests")).GetProperty("requests")[0];
        Assert.Equal("clock_skew, status", seen.GetProperty("faults").GetString());
    }

    private static async Task<int[]> StatusesAsync(TestEmulator emulator, int count)
    {
        var statuses = new int[count];
        for (var index = 0; index < count; index++)
        {
            using var response = await emulator.SubmitAsync();
            statuses[index] = (int)response.StatusCode;
        }
        return statuses;
    }
}
