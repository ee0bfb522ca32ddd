using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Reel.EndToEnd.Tests.Emulator;

public sealed class AnswerFaultTests
{
    [Theory]
    [InlineData(400, "Invalid parameters")]
    [InlineData(401, "Invalid API key")]
    [InlineData(403, "You do not have access to this model")]
    [InlineData(404, "Not found")]
    [InlineData(406, "Insufficient credits")]
    [InlineData(410, "This model has been retired")]
    [InlineData(500, "Internal server error")]
    [InlineData(502, "Bad gateway")]
    [InlineData(503, "Service temporarily unavailable")]
    [InlineData(504, "Request timed out")]
    public async Task Any_status_can_be_had_at_a_submit_without_a_job(int status, string error)
    {
        await using var emulator = await TestEmulator.StartAsync();
        await emulator.FaultsAsync($$"""[{"where": "submit", "kind": "status", "status": {{status}}}]""");

        using var response = await emulator.SubmitAsync();

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(error, await response.ErrorAsync());
        Assert.Equal(0, (await emulator.SummaryAsync()).GetProperty("accepted").GetInt32());
        Assert.Equal(1_000_000, await emulator.BalanceAsync());
    }

    [Fact]
    public async Task A_status_can_bring_any_body_and_headers_and_accept_the_job_all_the_same()
    {
        await using var emulator = await TestEmulator.StartAsync();
        await emulator.FaultsAsync("""
            [{"where": "submit", "kind": "status", "status": 504, "accept": true, "body": {"detail": ["x"]}, "headers": {"x-trace": "7"}, "times": 1},
             {"where": "submit", "kind": "status", "status": 500, "body": "<b>down</b>", "content_type": "text/html", "times": 1},
             {"where": "submit", "kind": "status", "status": 403, "error": "Spend limit reached"}]
            """);

        using var json = await emulator.SubmitAsync();
        using var html = await emulator.SubmitAsync();
        using var error = await emulator.SubmitAsync();

        Assert.Equal("""{"detail": ["x"]}""", await json.Content.ReadAsStringAsync());
        Assert.Equal("7", json.Headers.GetValues("x-trace").Single());
        Assert.Equal("text/html", html.Content.Headers.ContentType?.MediaType);
        Assert.Equal("<b>down</b>", await html.Content.ReadAsStringAsync());
        Assert.Equal("Spend limit reached", await error.ErrorAsync());
        Assert.Equal(1, (await emulator.SummaryAsync()).GetProperty("accepted").GetInt32());
    }

    [Theory]
    [InlineData("""{"reset": "in_seconds", "seconds": 30}""", 25, 31)]
    [InlineData("""{"reset": "past"}""", -65, -55)]
    [InlineData("""{"reset": "hour"}""", 3590, 3601)]
    [InlineData("""{}""", 1, 6)]
    public async Task A_rate_limit_says_until_when(string reset, int least, int most)
    {
        await using var emulator = await TestEmulator.StartAsync();
        await emulator.FaultsAsync($$"""[{"where": "submit", "kind": "rate_limit"{{(reset.Length > 2 ? "," + reset[1..^1] : "")}}}]""");

        using var response = await emulator.SubmitAsync();

        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        Assert.Null(response.Headers.RetryAfter);
        Assert.Equal("Rate limit exceeded", await response.ErrorAsync());
        var at = DateTimeOffset.ParseExact(
            response.Headers.GetValues("x-rate-limit-reset-at-utc").Single(), "yyyy-MM-dd'T'HH:mm:ss'Z'",
            CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        Assert.InRange((at - emulator.Time.GetUtcNow()).TotalSeconds, least, most);
    }

    [Theory]
    [InlineData("iso", "yyyy-MM-dd'T'HH:mm:ss'Z'")]
    [InlineData("rfc1123", "R")]
    [InlineData("unix", null)]
    public async Task A_rate_limit_says_it_in_any_format(string name, string? format)
    {
        await using var emulator = await TestEmulator.StartAsync();
        await emulator.FaultsAsync($$"""[{"where": "submit", "kind": "rate_limit", "seconds": 30, "format": "{{name}}"}]""");

        using var response = await emulator.SubmitAsync();

        var text = response.Headers.GetValues("x-rate-limit-reset-at-utc").Single();
        var at = format is null
            ? DateTimeOffset.FromUnixTimeSeconds(long.Parse(text, CultureInfo.InvariantCulture))
            : DateTimeOffset.ParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        Assert.InRange((at - emulator.Time.GetUtcNow()).TotalSeconds, 25, 31);
    }

    [Fact]
    public async Task A_clock_that_is_wrong_is_wrong_about_rate_limits_too()
    {
        await using var emulator = await TestEmulator.StartAsync();
        await emulator.FaultsAsync("""
            [{"where": "submit", "kind": "clock_skew", "seconds": -600}, {"where": "submit", "kind": "rate_limit", "seconds": 30, "format": "unix"}]
            """);

        using var response = await emulator.SubmitAsync();

        var at = long.Parse(response.Headers.GetValues("x-rate-limit-reset-at-utc").Single(), CultureInfo.InvariantCulture);
        Assert.InRange(at - emulator.Time.GetUtcNow().ToUnixTimeSeconds(), -580, -568);
        Assert.InRange((response.Headers.Date!.Value - emulator.Time.GetUtcNow()).TotalSeconds, -610, -598);
    }

    [Fact]
    public async Task A_rate_limit_can_be_unclear_about_when_or_silent()
    {
        await using var emulator = await TestEmulator.StartAsync();
        await emulator.FaultsAsync("""
            [{"where": "submit", "kind": "rate_limit", "reset": "unparsable", "times": 1}, {"where": "submit", "kind": "rate_limit", "reset": "absent"}]
            """);

        using var unclear = await emulator.SubmitAsync();
        using var silent = await emulator.SubmitAsync();

        Assert.Equal("soon", unclear.Headers.GetValues("x-rate-limit-reset-at-utc").Single());
        Assert.Equal(HttpStatusCode.TooManyRequests, silent.StatusCode);
        Assert.False(silent.Headers.Contains("x-rate-limit-reset-at-utc"));
    }

    [Theory]
    [InlineData("hang", false, 0)]
    [InlineData("hang", true, 1)]
    [InlineData("reset", false, 0)]
    [InlineData("reset", true, 1)]
    public async Task A_submit_can_get_no_answer_with_or_without_a_job(string kind, bool accept, int jobs)
    {
        await using var emulator = await TestEmulator.StartAsync();
        await emulator.FaultsAsync($$"""[{"where": "submit", "kind": "{{kind}}", "accept": {{(accept ? "true" : "false")}}}]""");
        using var patience = new CancellationTokenSource();

        var submit = emulator.Http.PostAsync($"/v2/{TestEmulator.Text}", TestEmulator.JsonBody("""{"prompt": "x"}"""), patience.Token);
        await Until.TrueAsync(async () => (await emulator.SummaryAsync()).GetProperty("total").GetInt32() == 1);
        if (kind == "hang")
        {
            Assert.False(submit.IsCompleted);
            await patience.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => submit);
        }
        else
        {
            await Assert.ThrowsAsync<HttpRequestException>(() => submit);
        }

        Assert.Equal(jobs, (await emulator.SummaryAsync()).GetProperty("accepted").GetInt32());
        var seen = (await emulator.GetJsonAsync("/emulator/requests")).GetProperty("requests")[0];
        Assert.Equal(JsonValueKind.Null, seen.GetProperty("status").ValueKind);
        Assert.Equal(accept, seen.TryGetProperty("request_id", out _));
    }

    [Theory]
    [InlineData("status", "/v2/requests/{0}/status")]
    [InlineData("result", "/v2/requests/{0}")]
    [InlineData("result", "/v1/requests/{0}")]
    public async Task A_read_can_be_reset_at_once_or_in_the_middle(string where, string path)
    {
        await using var emulator = await TestEmulator.StartAsync();
        var id = await emulator.AcceptedAsync();
        await emulator.FaultsAsync($$"""
            [{"where": "{{where}}", "kind": "reset", "times": 1}, {"where": "{{where}}", "kind": "reset_mid_body", "bytes": 10, "times": 1}]
            """);
        var url = string.Format(CultureInfo.InvariantCulture, path, id);

        await Assert.ThrowsAsync<HttpRequestException>(() => emulator.Http.GetAsync(url));
        using var begun = await emulator.Http.GetAsync(url, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, begun.StatusCode);
        await Assert.ThrowsAsync<HttpRequestException>(() => begun.Content.ReadAsStringAsync());
        using var fine = await emulator.Http.GetAsync(url);
        Assert.Equal(HttpStatusCode.OK, fine.StatusCode);
    }

    [Fact]
    public async Task An_accepted_submit_can_come_back_without_an_id_or_as_no_JSON_or_broken_off()
    {
        await using var emulator = await TestEmulator.StartAsync();
        await emulator.FaultsAsync("""
            [{"where": "submit", "kind": "no_request_id", "times": 1}, {"where": "submit", "kind": "not_json", "times": 1},
             {"where": "submit", "kind": "reset_mid_body", "times": 1}]
            """);

        using var nameless = await emulator.SubmitAsync();
        using var text = await emulator.SubmitAsync();
        await Assert.ThrowsAsync<HttpRequestException>(() => emulator.SubmitAsync());

        Assert.Equal("""{"status":"QUEUED"}""", await nameless.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.OK, text.StatusCode);
        Assert.Equal("upstream connect error or disconnect", await text.Content.ReadAsStringAsync());
        Assert.Equal(3, (await emulator.SummaryAsync()).GetProperty("accepted").GetInt32());
    }

    [Fact]
    public async Task A_redirect_points_where_it_is_told_to()
    {
        await using var emulator = await TestEmulator.StartAsync();
        await emulator.FaultsAsync("""
            [{"where": "submit", "kind": "redirect", "location": "https://elsewhere.example/", "times": 1},
             {"where": "submit", "kind": "redirect", "location": "/v2/other", "status": 307}]
            """);

        using var found = await emulator.SubmitAsync();
        using var temporary = await emulator.SubmitAsync();

        Assert.Equal(HttpStatusCode.Found, found.StatusCode);
        Assert.Equal("https://elsewhere.example/", found.Headers.Location?.ToString());
        Assert.Equal(HttpStatusCode.TemporaryRedirect, temporary.StatusCode);
        Assert.Equal(0, (await emulator.SummaryAsync()).GetProperty("accepted").GetInt32());
    }

    [Fact]
    public async Task A_delay_comes_after_the_job_or_before_it()
    {
        await using var emulator = await TestEmulator.StartAsync();
        await emulator.FaultsAsync("""
            [{"where": "submit", "kind": "delay", "seconds": 600, "prompt_contains": "after"},
             {"where": "submit", "kind": "delay", "seconds": 600, "before": true, "prompt_contains": "before"}]
            """);
        using var patience = new CancellationTokenSource();

        var after = emulator.Http.PostAsync($"/v2/{TestEmulator.Text}", TestEmulator.JsonBody("""{"prompt": "after"}"""), patience.Token);
        await Until.TrueAsync(async () => (await emulator.SummaryAsync()).GetProperty("accepted").GetInt32() == 1);
        var before = emulator.Http.PostAsync($"/v2/{TestEmulator.Text}", TestEmulator.JsonBody("""{"prompt": "before"}"""), patience.Token);
        await Until.TrueAsync(async () => (await emulator.GetJsonAsync("/emulator/faults"))[1].GetProperty("struck").GetInt32() == 1);
        Assert.False(after.IsCompleted || before.IsCompleted);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => after);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => before);

        await Until.TrueAsync(async () => (await emulator.SummaryAsync()).GetProperty("total").GetInt32() == 2);
        Assert.Equal(1, (await emulator.SummaryAsync()).GetProperty("accepted").GetInt32());
    }

    [Fact]
    public async Task A_delay_that_is_short_enough_ends_in_the_ordinary_answer()
    {
        await using var emulator = await TestEmulator.StartAsync();
        await emulator.FaultsAsync("""[{"where": "submit", "kind": "delay", "seconds": 0.3}]""");
        var started = System.Diagnostics.Stopwatch.StartNew();

        using var response = await emulator.SubmitAsync();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(started.Elapsed >= TimeSpan.FromSeconds(0.29), started.Elapsed.ToString());
    }

    [Theory]
    [InlineData(7200)]
    [InlineData(-7200)]
    public async Task Clocks_can_be_wrong_in_both_directions(int seconds)
    {
        await using var emulator = await TestEmulator.StartAsync();
        using var right = await emulator.SubmitAsync();
        await emulator.FaultsAsync($$"""[{"where": "any", "kind": "clock_skew", "seconds": {{seconds}}}]""");

        using var wrong = await emulator.SubmitAsync();

        Assert.InRange((right.Headers.Date!.Value - emulator.Time.GetUtcNow()).TotalSeconds, -10, 1);
        Assert.InRange((wrong.Headers.Date!.Value - emulator.Time.GetUtcNow()).TotalSeconds, seconds - 10, seconds + 1);
    }

    [Fact]
    public async Task Faults_strike_the_older_endpoint_too()
    {
        await using var emulator = await TestEmulator.StartAsync();
        await emulator.FaultsAsync("""
            [{"where": "v1", "kind": "status", "status": 504, "accept": true, "times": 1}, {"where": "v1", "kind": "reset"}]
            """);

        using var timedOut = await emulator.PostAsync("/v1/kling-2.6", """{"prompt": "x"}""");
        await Assert.ThrowsAsync<HttpRequestException>(() => emulator.PostAsync("/v1/kling-2.6", """{"prompt": "x"}"""));

        Assert.Equal(HttpStatusCode.GatewayTimeout, timedOut.StatusCode);
        Assert.Equal(1, (await emulator.SummaryAsync()).GetProperty("accepted").GetInt32());
    }
}
