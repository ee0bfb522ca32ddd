using Reel.Webhooks;

namespace Reel.EndToEnd.Tests.Desk;

/// <summary>kill -9 of Reel.Local, wherever it hurts: started again on the same data folder, it goes on, and nothing is paid for twice.</summary>
public sealed class KillTests(Bench bench) : IClassFixture<Bench>
{
    [Fact]
    public async Task In_the_middle_of_a_render_it_delays_the_request_and_that_is_all()
    {
        const string Prompt = "a ferry in fog";
        await bench.Provider.FaultsAsync("""{"where": "submit", "kind": "render_time", "seconds": 3}""");
        string id;
        await using (var first = await bench.StartAsync())
        {
            using var caller = new Caller(first);
            id = await caller.SubmitAsync(bench.Body(Prompt));
            await caller.WaitForStageAsync(id, "rendering");
            await first.KillAsync();
        }

        await using var second = await bench.StartAsync();
        using var again = new Caller(second);
        await again.CompleteAsync(id);

        var letter = Assert.Single(await bench.Inbox.WaitAsync(id));
        Assert.Equal((WebhookVerdict.Valid, WebhookTypes.VideoCompleted), (letter.Verdict, letter.Type));
        Assert.Single(await bench.Provider.SubmitsAsync(Prompt));
    }
}
