using Reel.Segmind;

namespace Reel.Tests.Segmind;

/// <summary>One submit against a script. Each run proves that exactly one POST went out.</summary>
internal static class SubmitRun
{
    public const string Body = """{"prompt":"a lighthouse in the rain – 灯塔","duration":5}""";
    public const string Accepted = $$"""{"request_id": "{{Clients.Id}}", "status": "QUEUED", "status_url": "http://elsewhere.invalid/"}""";

    public static async Task AssertUnknown(Func<Exchange, Task> script, TimeProvider? time = null) =>
        Assert.NotEmpty(Assert.IsType<SubmitAnswer.OutcomeUnknown>(await OutcomeOf(script, time)).What);

    /// <summary>One submit against this script; fails unless exactly one POST arrived, on one connection.</summary>
    public static async Task<SubmitAnswer> OutcomeOf(Func<Exchange, Task> script, TimeProvider? time = null)
    {
        await using var server = new LoopbackServer(script);
        using var client = Clients.Create(server.Url, time: time);

        var outcome = await client.SubmitAsync("kling-2.6", Body, default);

        Assert.Equal("POST", Assert.Single(server.Requests).Method);
        Assert.Equal(1, server.Connections);
        return outcome;
    }
}
