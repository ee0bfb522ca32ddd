namespace Reel.EndToEnd.Tests.Api;

/// <summary>Bodies that make no sense, one by one.</summary>
[Collection(ApiTests.Name)]
public sealed class SenselessBodyTests(ApiDesk desk)
{
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
}
