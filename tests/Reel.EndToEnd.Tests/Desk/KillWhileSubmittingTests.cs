namespace Reel.EndToEnd.Tests.Desk;

/// <summary>kill -9 while submits are on their way: the one moment after which it cannot always be told whether the provider took a request.</summary>
public sealed class KillWhileSubmittingTests
{
    // A submit without a recorded answer is looked at again until no answer can still be on its way: 130 seconds, and up to 5 of spread. This is that
    // and a minute to render, save and tell.
    private const int LongestDoubt = 200;

    [Fact]
    public async Task Each_completes_or_ends_as_unknown_and_none_is_paid_for_twice()
    {
        await using var bench = await Bench.CreateAsync();
        await bench.Provider.FaultsAsync("""{"where": "submit", "kind": "delay", "seconds": 0.05}""");
        var first = await bench.StartAsync();
        var ids = new List<string>();
        using (var caller = new Caller(first))
        {
            for (var i = 0; i < 20; i++) ids.Add(await caller.SubmitAsync(bench.Body($"in flight: {i}")));
            await first.KillAsync();
        }

        using var again = new Caller(await bench.StartAsync());
        var results = await Task.WhenAll(ids.Select(id => again.FinishAsync(id, LongestDoubt)));

        for (var i = 0; i < ids.Count; i++)
        {
            var bills = await bench.Provider.AcceptedAsync($"in flight: {i}");
            if (results[i]["status"] == "COMPLETED") Assert.Equal(1, bills);
            else Assert.Equal(("submit_outcome_unknown", "unknown", true), (results[i]["error_code"], results[i]["charged"], bills <= 1));
            Assert.Single(await bench.Inbox.WaitAsync(ids[i]));
        }
    }
}
