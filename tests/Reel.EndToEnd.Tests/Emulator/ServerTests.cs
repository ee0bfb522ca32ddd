using System.Diagnostics;
using System.Net.Sockets;
using Reel.Emulator;

namespace Reel.EndToEnd.Tests.Emulator;

public sealed class ServerTests
{
    [Fact]
    public async Task Several_emulators_live_side_by_side_and_know_nothing_of_each_other()
    {
        await using var one = await TestEmulator.StartAsync();
        await using var other = await TestEmulator.StartAsync();

        await one.AcceptedAsync();

        Assert.NotEqual(one.Server.Url, other.Server.Url);
        Assert.Equal(1, (await one.SummaryAsync()).GetProperty("accepted").GetInt32());
        Assert.Equal(0, (await other.SummaryAsync()).GetProperty("accepted").GetInt32());
    }

    [Fact]
    public async Task It_stops_at_once_whoever_still_hangs_waits_or_downloads()
    {
        var emulator = await TestEmulator.StartAsync();
        await emulator.FaultsAsync("""
            [{"where": "submit", "kind": "file_size", "bytes": 1000000000000, "prompt_contains": "huge"},
             {"where": "submit", "kind": "hang", "prompt_contains": "hang"}]
            """);
        var url = await emulator.VideoUrlAsync("huge");
        using var download = await emulator.Http.GetAsync(url, HttpCompletionOption.ResponseHeadersRead);
        var hanging = emulator.SubmitAsync("hang");
        var waiting = emulator.PostAsync("/v1/kling-2.6", """{"prompt": "x"}""");
        await Until.TrueAsync(async () => (await emulator.SummaryAsync()).GetProperty("total").GetInt32() >= 5);

        var stopping = Stopwatch.StartNew();
        await emulator.Server.DisposeAsync();

        Assert.InRange(stopping.Elapsed.TotalSeconds, 0, 5);
        await Assert.ThrowsAsync<HttpRequestException>(() => hanging);
        await Assert.ThrowsAsync<HttpRequestException>(() => waiting);
        emulator.Http.Dispose();
    }

    [Theory]
    [InlineData(0.0, "http://127.0.0.1:0", "Speed is 0")]
    [InlineData(-1.0, "http://127.0.0.1:0", "Speed is -1")]
    [InlineData(double.NaN, "http://127.0.0.1:0", "Speed is NaN")]
    [InlineData(1.0, "https://127.0.0.1:0", "Urls has 'https://127.0.0.1:0'")]
    [InlineData(1.0, "7072", "Urls has '7072'")]
    [InlineData(1.0, "", "Urls is empty")]
    public async Task A_setting_that_makes_no_sense_stops_the_start_and_is_named(double speed, string urls, string error)
    {
        var exception = await Assert.ThrowsAsync<ArgumentException>(
            () => EmulatorServer.StartAsync(new EmulatorOptions { Speed = speed, Urls = urls }));

        Assert.StartsWith(error, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_taken_stops_the_start()
    {
        using var taken = new TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();

        await Assert.ThrowsAsync<IOException>(() => EmulatorServer.StartAsync(new EmulatorOptions { Urls = $"http://{taken.LocalEndpoint}" }));
    }

    [Fact]
    public async Task The_program_says_where_it_listens_and_ends_cleanly_when_asked_to()
    {
        using var emulator = await EmulatorProcess.StartAsync("--urls", "http://127.0.0.1:0", "--speed", "100", "--seed", "1");
        using var http = new HttpClient();
        using var response = await http.GetAsync(new Uri(emulator.Url, "/emulator/account"));
        Assert.True(response.IsSuccessStatusCode);

        var (exitCode, error) = await emulator.EndAsync();

        Assert.Equal((0, ""), (exitCode, error));
    }

    [Theory]
    [InlineData("--speed", "0", "Speed is 0; it must be a number above 0.")]
    [InlineData("--speed", "fast", "fast")]
    [InlineData("--urls", "nowhere", "Urls has 'nowhere'")]
    [InlineData("--seed", "1.5", "1.5")]
    [InlineData("--sped", "1", "--sped")]
    public async Task The_program_refuses_a_wrong_value_and_says_why(string option, string value, string error)
    {
        var (exitCode, _, said) = await EmulatorProcess.RunAsync(option, value);

        Assert.Equal(1, exitCode);
        Assert.Contains(error, said, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", said, StringComparison.Ordinal);
    }
}
