using System.Net;

namespace Reel.EndToEnd.Tests.Emulator;

public sealed class ErrorTests
{
    [Theory]
    [InlineData(null, null, "Missing Authorization or x-api-key in header")]
    [InlineData(null, "Bearer SG_0123456789abcdef", "Invalid API key")]
    [InlineData("SG_0123", null, "Invalid API key")]
    [InlineData("XX_0123456789abcdef", null, "Invalid API key")]
    [InlineData("SG_0123456789abcdeg", null, "Invalid API key")]
    public async Task Whoever_brings_no_good_key_is_refused_everywhere(string? key, string? authorization, string error)
    {
        await using var emulator = await TestEmulator.StartAsync();
        var id = await emulator.AcceptedAsync();
        using var http = new HttpClient { BaseAddress = emulator.Server.Url };
        if (key is not null) http.DefaultRequestHeaders.Add("x-api-key", key);
        if (authorization is not null) http.DefaultRequestHeaders.Add("Authorization", authorization);

        foreach (var path in (string[])[$"/v2/requests/{id}", $"/v2/requests/{id}/status", $"/v1/requests/{id}"])
        {
            using var read = await http.GetAsync(path);
            Assert.Equal(HttpStatusCode.Unauthorized, read.StatusCode);
            Assert.Equal(error, await read.ErrorAsync());
        }
        foreach (var version in (string[])["v1", "v2"])
        {
            using var submit = await http.PostAsync($"/{version}/{TestEmulator.Text}", TestEmulator.JsonBody("""{"prompt": "x"}"""));
            Assert.Equal(HttpStatusCode.Unauthorized, submit.StatusCode);
            Assert.Equal(error, await submit.ErrorAsync());
        }
    }

    [Fact]
    public async Task Only_the_keys_that_were_named_are_let_in()
    {
        await using var emulator = await TestEmulator.StartAsync(keys: ["SG_ffffffffffffffff"]);

        using var stranger = await emulator.SubmitAsync();
        emulator.Http.DefaultRequestHeaders.Remove("x-api-key");
        emulator.Http.DefaultRequestHeaders.Add("x-api-key", "SG_ffffffffffffffff");
        using var friend = await emulator.SubmitAsync();

        Assert.Equal(HttpStatusCode.Unauthorized, stranger.StatusCode);
        Assert.Equal(HttpStatusCode.OK, friend.StatusCode);
    }

    [Theory]
    [InlineData("""{"prompt": "\ud800"}""")]
    [InlineData("""{"prompt": "x", "aspect_ratio": "\udc00"}""")]
    [InlineData("""{"prompt": "x", "other": ["\ud800x"]}""")]
    [InlineData("""{"prompt": "x", "\ud800": 1}""")]
    public async Task Half_of_a_surrogate_pair_is_400(string body)
    {
        await using var emulator = await TestEmulator.StartAsync();

        using var submit = await emulator.PostAsync($"/v2/{TestEmulator.Text}", body);
        using var rules = await emulator.Http.PutAsync("/emulator/faults", TestEmulator.JsonBody($"[{body}]"));

        Assert.Equal(HttpStatusCode.BadRequest, submit.StatusCode);
        Assert.Equal("Malformed JSON body", await submit.ErrorAsync());
        Assert.Equal(HttpStatusCode.BadRequest, rules.StatusCode);
        Assert.Equal(1, (await emulator.SummaryAsync()).GetProperty("total").GetInt32());
    }

    [Theory]
    [InlineData("/v2/kling-9")]
    [InlineData("/v1/kling-9")]
    public async Task A_model_that_is_not_there_is_404(string path)
    {
        await using var emulator = await TestEmulator.StartAsync();

        using var response = await emulator.PostAsync(path, """{"prompt": "x"}""");

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("Model kling-9 not found", await response.ErrorAsync());
    }

    [Theory]
    [InlineData("/v2/requests/9b2f6f4e-3f0b-4a53-8a0e-0d6a54b5b0b4")]
    [InlineData("/v2/requests/9b2f6f4e-3f0b-4a53-8a0e-0d6a54b5b0b4/status")]
    [InlineData("/v1/requests/9b2f6f4e-3f0b-4a53-8a0e-0d6a54b5b0b4")]
    [InlineData("/v2/requests/nonsense")]
    public async Task A_request_that_is_not_there_is_404(string path)
    {
        await using var emulator = await TestEmulator.StartAsync();

        using var response = await emulator.Http.GetAsync(path);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal($"Request {path.Split('/')[3]} not found", await response.ErrorAsync());
    }

    [Fact]
    public async Task A_path_that_is_not_there_is_404_in_JSON()
    {
        await using var emulator = await TestEmulator.StartAsync();

        using var response = await emulator.Http.GetAsync("/v3/things/and/more");

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.NotEmpty(await response.ErrorAsync());
    }

    [Theory]
    [InlineData("GET", "/v2/kling-2.6")]
    [InlineData("GET", "/v1/kling-2.6")]
    [InlineData("DELETE", "/v2/requests/9b2f6f4e-3f0b-4a53-8a0e-0d6a54b5b0b4")]
    [InlineData("POST", "/v2/requests/9b2f6f4e-3f0b-4a53-8a0e-0d6a54b5b0b4/status")]
    public async Task A_wrong_verb_is_405_and_the_only_error_in_HTML(string verb, string path)
    {
        await using var emulator = await TestEmulator.StartAsync();

        using var response = await emulator.Http.SendAsync(new HttpRequestMessage(new HttpMethod(verb), path));

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal("text/html", response.Content.Headers.ContentType?.MediaType);
        Assert.Contains("Method Not Allowed", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData(null)]
    public async Task A_body_that_is_not_called_JSON_is_406(string? contentType)
    {
        await using var emulator = await TestEmulator.StartAsync();
        using var body = TestEmulator.JsonBody("""{"prompt": "x"}""");
        body.Headers.ContentType = contentType is null ? null : new(contentType);

        using var response = await emulator.Http.PostAsync($"/v2/{TestEmulator.Text}", body);

        Assert.Equal(HttpStatusCode.NotAcceptable, response.StatusCode);
        Assert.Equal("Invalid content type", await response.ErrorAsync());
    }

    [Fact]
    public async Task Without_enough_credits_a_submit_is_406_and_names_balance_and_need()
    {
        await using var emulator = await TestEmulator.StartAsync();
        using var set = await emulator.Http.PutAsync("/emulator/account", TestEmulator.JsonBody("""{"credits": 0.6}"""));

        using var first = await emulator.SubmitAsync();
        using var second = await emulator.SubmitAsync();

        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal(HttpStatusCode.NotAcceptable, second.StatusCode);
        Assert.Equal("Insufficient credits: balance 0.04, needed 0.56", await second.ErrorAsync());
    }

    [Theory]
    [InlineData("""{"credits": -1}""")]
    [InlineData("""{}""")]
    [InlineData("""12""")]
    public async Task A_balance_that_makes_no_sense_is_400(string body)
    {
        await using var emulator = await TestEmulator.StartAsync();

        using var response = await emulator.Http.PutAsync("/emulator/account", TestEmulator.JsonBody(body));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(1_000_000, await emulator.BalanceAsync());
    }

    [Fact]
    public async Task A_body_beyond_all_measure_is_413()
    {
        await using var emulator = await TestEmulator.StartAsync();
        using var body = TestEmulator.JsonBody($$"""{"prompt": "{{new string('x', 2_000_000)}}"}""");

        using var response = await emulator.Http.PostAsync($"/v2/{TestEmulator.Text}", body);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.NotEmpty(await response.ErrorAsync());
    }
}
