using System.Diagnostics;
using Reel.EndToEnd.Tests.Azurite;

namespace Reel.EndToEnd.Tests.Desk;

/// <summary>A wrong setting stops the start, quickly, and is named as it is set; what it was set to stays unsaid.</summary>
public sealed class SettingsTests(Bench bench) : IClassFixture<Bench>
{
    [Theory]
    [InlineData("Polling__Least", "abc")]
    [InlineData("Polling__Most", "00:00:00.1")]
    [InlineData("Polling__Lest", "00:00:01")]
    [InlineData("Webhooks__Secrets", "whsec_")]
    [InlineData("Requests__Deadline", "5")]
    [InlineData("Requests__IdempotencyLifetime", "23:59:59")]
    [InlineData("Requests__IdempotencyLifetime", "30.00:00:01")]
    [InlineData("Api__PublicUrl", "nonsense")]
    [InlineData("Videos__Container", "UPPER")]
    [InlineData("Videos__LinkLifetime", "99.00:00:00")]
    [InlineData("Webhooks__Secret", "foo-is-no-secret")]
    [InlineData("Webhooks__AllowedPorts", "https")]
    [InlineData("Webhooks__AllowPrivateNetworks", "perhaps")]
    [InlineData("Segmind__BaseUrl", "ftp://provider.example.com")]
    [InlineData("Segmind__ApiKey", "SG_with a blank")]
    [InlineData("Segmind__MaxConcurrentSubmits", "0")]
    [InlineData("AzureWebJobsStorage", "garbage-and-a-key")]
    public async Task A_wrong_one_is_named(string name, string value)
    {
        var watch = Stopwatch.StartNew();
        await using var reel = ReelProcess.Launch(ReelProcess.Serve(TestFolder.Create()), bench.Settings((name, value)));

        Assert.Equal(1, await reel.ExitAsync(30));

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(15), $"It took {watch.Elapsed} to stop.{reel.Story}");
        Assert.Contains(name, reel.StandardError, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", reel.StandardError, StringComparison.Ordinal);
        Assert.Empty(reel.Output);
        if (name is "Webhooks__Secret" or "Segmind__ApiKey" or "AzureWebJobsStorage")
            Assert.DoesNotContain(value, reel.StandardError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_wrong_ones_are_all_named_before_anything_is_started_for_them()
    {
        var (data, empty) = (TestFolder.Create(), TestFolder.Create());
        await using var reel = ReelProcess.Launch(ReelProcess.Serve(data), bench.Settings(
            ("AzureWebJobsStorage", null), ("PATH", empty), ("XDG_DATA_HOME", empty), ("Polling__Least", "abc"), ("Requests__Deadline", "5")));

        Assert.Equal(1, await reel.ExitAsync(30));
        Assert.Contains("Polling__Least", reel.StandardError, StringComparison.Ordinal);
        Assert.Contains("Requests__Deadline", reel.StandardError, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", reel.StandardError, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(data, "azurite")));
    }

    [Fact]
    public async Task A_base_url_without_a_key_is_no_reason_to_emulate()
    {
        await using var reel = ReelProcess.Launch(ReelProcess.Serve(TestFolder.Create()), bench.Settings(("Segmind__ApiKey", null)));

        Assert.Equal(1, await reel.ExitAsync(30));
        Assert.Contains("Segmind__ApiKey", reel.StandardError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_Node_it_says_so_and_what_works_without()
    {
        var empty = TestFolder.Create();
        await using var reel = ReelProcess.Launch(
            ReelProcess.Serve(TestFolder.Create()),
            bench.Settings(("AzureWebJobsStorage", null), ("PATH", empty), ("XDG_DATA_HOME", empty)));

        Assert.Equal(1, await reel.ExitAsync(30));
        Assert.Contains("Node.js", reel.StandardError, StringComparison.Ordinal);
        Assert.Contains("AzureWebJobsStorage", reel.StandardError, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", reel.StandardError, StringComparison.Ordinal);
    }
}
