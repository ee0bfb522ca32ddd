using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Grpc.Core;

namespace Reel.Functions.Tests.Api;

/// <summary>Requests that are refused, with the errors that the desk gives.</summary>
public sealed class ApiRefusalTests : WorkerTest
{
    private const int Mebibyte = 1024 * 1024;

    [Theory]
    [InlineData("/page/1/none.js")]
    [InlineData("/v2")]
    [InlineData("/v1")]
    [InlineData("/api/healthz")]
    [InlineData("/v2/requests/not-an-id")]
    [InlineData("/v2/requests/9f4b9c3e-1234-8abc-9def-0123456789ab")]
    [InlineData("/v2/requests/desk%2Fone")]
    [InlineData("/v2/models/kling-9")]
    public async Task What_is_not_there_answers_404(string path)
    {
        await AssertErrorAsync(await Caller.GetAsync(path), HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("DELETE", "/v2/models/kling-2.6", "GET, HEAD")]
    [InlineData("GET", "/v2/kling-2.6", "POST")]
    [InlineData("POST", "/healthz", "GET, HEAD")]
    [InlineData("GET", "/v2/requests/9f4b9c3e-1234-8abc-9def-0123456789ab/resubmit", "POST")]
    [InlineData("PATCH", "/v2/requests/9f4b9c3e-1234-8abc-9def-0123456789ab/status", "GET, HEAD")]
    public async Task A_wrong_verb_answers_405_and_says_which_are_right(string method, string path, string allowed)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);

        var answer = await Caller.SendAsync(request);

        await AssertErrorAsync(answer, HttpStatusCode.MethodNotAllowed);
        Assert.Equal(allowed, string.Join(", ", answer.Content.Headers.Allow.Order(StringComparer.Ordinal)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("a-key-that-nobody-has")]
    [InlineData("Desk-Key-Of-Sixteen-Characters")]
    public async Task Without_a_known_key_nobody_is_let_in(string? key)
    {
        using var stranger = Server.Caller(key);

        await AssertErrorAsync(await stranger.PostAsJsonAsync("/v2/kling-2.6", new { prompt = "a lighthouse" }), HttpStatusCode.Unauthorized);
        await AssertErrorAsync(await stranger.GetAsync("/v2/models"), HttpStatusCode.Unauthorized);
        Assert.Empty(Server.Client.Ids);
    }

    [Theory]
    [InlineData("{", "invalid_json")]
    [InlineData("[1]", "invalid_json")]
    [InlineData("", "invalid_json")]
    [InlineData("{}", "invalid_parameters")]
    [InlineData("""{"prompt":"a","duration":7}""", "invalid_parameters")]
    [InlineData("""{"prompt":"a","webhook_url":"ftp://nowhere"}""", "invalid_parameters")]
    public async Task A_wrong_body_answers_400_and_says_what_is_wrong(string body, string code)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");

        var error = await AssertErrorAsync(await Caller.PostAsync("/v2/kling-2.6", content), HttpStatusCode.BadRequest);

        Assert.Equal(code, error.GetProperty("error_code").GetString());
        Assert.Empty(Server.Client.Ids);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    public async Task Another_content_type_answers_406(string type)
    {
        using var content = new StringContent("""{"prompt":"a"}""", Encoding.UTF8, type);

        await AssertErrorAsync(await Caller.PostAsync("/v2/kling-2.6", content), HttpStatusCode.NotAcceptable);
    }

    [Fact]
    public async Task A_body_of_just_a_mebibyte_is_read()
    {
        using var content = new StringContent("{}".PadRight(Mebibyte), Encoding.UTF8, "application/json");

        await AssertErrorAsync(await Caller.PostAsync("/v2/kling-2.6", content), HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData(WorkerServer.DeskKey, "413")]
    [InlineData("a-key-that-nobody-has", "401")]
    public async Task A_refused_upload_is_read_to_its_end(string key, string status)
    {
        var path = $"/v2/kling-2.6?case=length-{status}";
        var body = new byte[3 * Mebibyte];

        var answer = await RawRequest.SendAsync(
            Server.Address, $"POST {path} HTTP/1.1\nContent-Type: application/json\nx-api-key: {key}\nContent-Length: {body.Length}", body);

        Assert.StartsWith($"HTTP/1.1 {status} ", answer);
        Assert.Equal(new Invocation(body.Length, ReadToEnd: true, null), await Server.InvocationOf(path));
    }

    [Fact]
    public async Task A_chunked_upload_is_refused_once_it_is_too_large_and_read_to_its_end()
    {
        const string Path = "/v2/kling-2.6?case=chunked";

        var answer = await RawRequest.SendAsync(
            Server.Address,
            $"POST {Path} HTTP/1.1\nContent-Type: application/json\nx-api-key: {WorkerServer.DeskKey}\nTransfer-Encoding: chunked",
            [.. Enumerable.Repeat(RawRequest.Chunk(64 * 1024), 40), RawRequest.LastChunk]);

        Assert.StartsWith("HTTP/1.1 413 ", answer);
        Assert.Contains("body_too_large", answer);
        Assert.Equal(new Invocation(40 * 64 * 1024, ReadToEnd: true, null), await Server.InvocationOf(Path));
    }

    [Fact]
    public async Task A_caller_that_leaves_in_the_middle_of_an_upload_is_no_failure_of_the_function()
    {
        const string Path = "/v2/kling-2.6?case=gone";
        using (var socket = new System.Net.Sockets.TcpClient())
        {
            await socket.ConnectAsync(Server.Address.Host, Server.Address.Port);
            var head = $"POST {Path} HTTP/1.1\r\nHost: reel\r\nContent-Type: application/json\r\nx-api-key: nobody\r\nContent-Length: {Mebibyte}\r\n\r\n";
            await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head + "{"));
            Assert.True(await socket.GetStream().ReadAsync(new byte[1]) == 1); // the answer has begun
        }

        Assert.Null((await Server.InvocationOf(Path)).Failure);
    }

    [Theory]
    [InlineData("POST", "/v2/kling-2.6")]
    [InlineData("GET", "/v2/requests/9f4b9c3e-1234-8abc-9def-0123456789ab")]
    [InlineData("GET", "/healthz")]
    public async Task An_engine_that_does_not_answer_is_503_and_shows_nothing_of_the_inside(string method, string path)
    {
        Server.Client.Trouble = new RpcException(new Status(StatusCode.Unavailable, "connection refused at 10.0.0.7"));
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = JsonContent.Create(new { prompt = "a lighthouse" }) };

        var answer = await Caller.SendAsync(request);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.DoesNotContain("10.0.0.7", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_defect_is_500_with_a_body_that_says_nothing_of_it()
    {
        Server.Client.Trouble = new InvalidOperationException("a secret place");

        var error = await AssertErrorAsync(
            await Caller.PostAsJsonAsync("/v2/kling-2.6", new { prompt = "a lighthouse" }), HttpStatusCode.InternalServerError);

        Assert.Equal(("Internal error", "internal"), (error.GetProperty("error").GetString(), error.GetProperty("error_code").GetString()));
    }

    private static async Task<JsonElement> AssertErrorAsync(HttpResponseMessage answer, HttpStatusCode status)
    {
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal("application/json", answer.Content.Headers.ContentType!.MediaType);
        var error = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.NotEmpty(error.GetProperty("error").GetString()!);
        Assert.NotEmpty(error.GetProperty("error_code").GetString()!);
        return error;
    }
}
