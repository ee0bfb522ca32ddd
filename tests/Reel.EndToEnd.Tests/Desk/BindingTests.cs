using Reel.EndToEnd.Tests.Azurite;

namespace Reel.EndToEnd.Tests.Desk;

/// <summary>A data folder's requests go on at the provider and in the storage that they were accepted with, or not at all.</summary>
public sealed class BindingTests(Bench bench) : IClassFixture<Bench>
{
    [Fact]
    public async Task What_was_accepted_for_nothing_is_not_posted_to_a_provider_that_charges()
    {
        var data = TestFolder.Create();
        await StartAndStopAsync(data, ("Segmind__ApiKey", null), ("Segmind__BaseUrl", null));

        await AssertRefusedAsync(data, "Segmind__ApiKey");
        await StartAndStopAsync(data, ("Segmind__ApiKey", null), ("Segmind__BaseUrl", null));
    }

    [Fact]
    public async Task Storage_is_not_exchanged_under_the_records_of_what_was_submitted()
    {
        var data = TestFolder.Create();
        await StartAndStopAsync(data);

        await AssertRefusedAsync(data, "AzureWebJobsStorage", ("AzureWebJobsStorage", null));
        Assert.DoesNotContain("AccountKey", await File.ReadAllTextAsync(Path.Combine(data, "desk.json")), StringComparison.OrdinalIgnoreCase);
        await StartAndStopAsync(data);
    }

    [Fact]
    public async Task A_start_that_failed_binds_nothing()
    {
        var (data, empty) = (TestFolder.Create(), TestFolder.Create());
        await using var reel = ReelProcess.Launch(
            ReelProcess.Serve(data), bench.Settings(("AzureWebJobsStorage", null), ("PATH", empty), ("XDG_DATA_HOME", empty)));
        Assert.Equal(1, await reel.ExitAsync(30));

        await StartAndStopAsync(data);
    }

    private async Task StartAndStopAsync(string data, params (string Name, string? Value)[] settings)
    {
        await using var reel = await ReelProcess.ServeAsync(data, bench.Settings(settings));
    }

    private async Task AssertRefusedAsync(string data, string named, params (string Name, string? Value)[] settings)
    {
        await using var reel = ReelProcess.Launch(ReelProcess.Serve(data), bench.Settings(settings));
        Assert.Equal(1, await reel.ExitAsync(30));
        Assert.Contains(named, reel.StandardError, StringComparison.Ordinal);
        Assert.Contains("--data", reel.StandardError, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", reel.StandardError, StringComparison.Ordinal);
    }
}
