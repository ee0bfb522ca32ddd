using System.Net.Sockets;
using System.Text;

namespace Reel.EndToEnd.Tests.Api;

/// <summary>Whatever is sent, nothing answers 5xx, and the server goes on.</summary>
[Collection(ApiTests.Name)]
public sealed class HostileTests(ApiDesk desk)
{
    private const int Count = 2_000;
    private const int Seed = 20_26;

    [Theory]
    [InlineData("""{"prompt": "a""")]
    [InlineData("""{"prompt": "a",}""")]
    [InlineData("""[{"prompt": "a"}]""")]
    [InlineData("\"prompt\"")]
    [InlineData("null")]
    [InlineData("")]
    [InlineData("""{"prompt": "a", "prompt": "b"}""")]
    [InlineData("""{"prompt": "a", "webhook_url": "http://127.0.0.1/\ud800"}""")]
    [InlineData("""{"prompt": "a", "metadata": {"\udc00": 1}}""")]
    [InlineData("""{"prompt": "a", "metadata": {"a": "\ud800"}}""")]
    [InlineData("""{"prompt": "a", "idempotency_key": "\ud800"}""")]
    [InlineData("""{"prompt": "\ud800"}""")]
    [InlineData("""{"prompt": "a", "\ud800": 1}""")]
    [InlineData("""{"prompt": "a", "\ud800-and-more-than-any-name-of-ours": 1}""")]
    [InlineData("""{"prompt": "a", "webhook_url\ud800": 1}""")]
    [InlineData("""{"prompt": "a", "webhook_url": "https://\u05d0a.com/"}""")]
    [InlineData("""{"prompt": "a", "metadata": {"a": 1, "a": 2}, "metadata": {}}""")]
    [InlineData("""{"prompt": "a", "duration": 1e999}""")]
    public async Task A_body_that_makes_no_sense_answers_400_in_JSON(string body)
    {
        var answer = await desk.Caller.PostAsync("/v2/kling-2.6", body);

        Assert.True((int)answer.Status == 400, $"{(int)answer.Status} {answer.Body}{desk.Reel.Story}");
        Assert.False(string.IsNullOrWhiteSpace(answer["error"]));
        Assert.False(string.IsNullOrWhiteSpace(answer["error_code"]));
    }

    [Theory]
    [InlineData(31, true)]
    [InlineData(40, false)]
    [InlineData(100_000, false)]
    public async Task Depth_is_limited(int depth, bool isRead)
    {
        var nested = string.Concat(Enumerable.Repeat("""{"a":""", depth - 1)) + "1" + new string('}', depth - 1);
        var answer = await desk.Caller.PostAsync("/v2/kling-2.6", $$"""{"promt": "no request comes of this", "metadata": {{nested}}}""");

        Assert.Equal((400, isRead ? "invalid_parameters" : "invalid_json"), ((int)answer.Status, answer["error_code"]));
    }

    [Fact]
    public async Task Bytes_that_are_no_UTF_8_answer_400()
    {
        foreach (var bytes in (byte[][])[[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xE2, 0x82]])
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v2/kling-2.6")
            {
                Content = new ByteArrayContent([.. "{\"prompt\": \"a"u8, .. bytes, .. "\"}"u8]) { Headers = { { "Content-Type", "application/json" } } },
            };
            var answer = await desk.Caller.SendAsync(request);
            Assert.True((int)answer.Status == 400, $"{Convert.ToHexString(bytes)}: {(int)answer.Status} {answer.Body}");
        }
    }

    [Fact]
    public async Task Two_thousand_hostile_requests_get_no_5xx()
    {
        var hostile = new HostileRequests(Seed, desk.Reel.Url.Authority);
        var statuses = new Dictionary<int, int>();
        foreach (var (number, request) in Enumerable.Range(0, Count).Select(number => (number, hostile.Next())))
        {
            var status = await SendAsync(request);
            var shown = Encoding.Latin1.GetString(request);
            Assert.True(status is null or (>= 200 and < 500), $"Request {number} of seed {Seed} was answered {status}:\n{shown}{desk.Reel.Story}");
            statuses[status ?? 0] = statuses.GetValueOrDefault(status ?? 0) + 1;
        }

        // They reached many corners, and few were cut off without an answer.
        Assert.True(
            ((int[])[200, 400, 401, 404, 405, 406]).All(statuses.ContainsKey), string.Join(", ", statuses.Select(one => $"{one.Key}: {one.Value}")));
        Assert.True(statuses.GetValueOrDefault(0) < Count / 50, $"{statuses.GetValueOrDefault(0)} got no answer.");
        Assert.Equal("ok", (await desk.Caller.GetAsync("/healthz"))["status"]);
        Assert.DoesNotContain("fail: Reel.Api", desk.Reel.StandardError, StringComparison.Ordinal);
    }

    /// <summary>The status that came; null when the connection was closed without one.</summary>
    private async Task<int?> SendAsync(byte[] request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(desk.Reel.Url.Host, desk.Reel.Url.Port);
        var stream = client.GetStream();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        try
        {
            await stream.WriteAsync(request, patience.Token);
            using var reader = new StreamReader(stream, Encoding.Latin1);
            var line = await reader.ReadLineAsync(patience.Token);
            while (line is "" or "HTTP/1.1 100 Continue") line = await reader.ReadLineAsync(patience.Token);
            return line is not null && line.StartsWith("HTTP/1.1 ", StringComparison.Ordinal)
                ? int.Parse(line.AsSpan(9, 3), System.Globalization.CultureInfo.InvariantCulture)
                : null;
        }
        catch (IOException)
        {
            return null; // Closed in the middle of a request that makes no sense.
        }
    }
}
