using Reel.EndToEnd.Tests.Azurite;

namespace Reel.EndToEnd.Tests.Desk;

/// <summary>What keeps a desk from starting is said in words that name it, and not as a stack trace.</summary>
public sealed class BrokenDeskTests(Bench bench) : IClassFixture<Bench>
{
    [Theory]
    [InlineData("https://127.0.0.1:0")]
    [InlineData("nonsense")]
    [InlineData("http://localhost:0")]
    [InlineData("http://127.0.0.1:0/below")]
    [InlineData("http://127.0.0.1:99999")]
    [InlineData("http://192.0.2.1:7071")] // An address that is kept for examples, and so not this machine's.
    public async Task An_address_where_it_cannot_listen(string url)
    {
        await using var reel = ReelProcess.Launch(["serve", "--urls", url, "--data", TestFolder.Create()], bench.Settings());
        await AssertSaysAsync(reel, url, "--urls");
    }

    [Theory]
    [InlineData("engine.db", "engine.db")]
    [InlineData("desk.json", "desk.json")]
    [InlineData("emulator/emulator.jsonl", "emulator.jsonl")]
    public async Task A_damaged_file_of_the_data_folder(string name, string named)
    {
        var data = TestFolder.Create();
        var file = Path.Combine(data, name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllTextAsync(file, string.Concat(Enumerable.Repeat("this is nothing that was ever written there\n", 200)));

        await using var reel = ReelProcess.Launch(ReelProcess.Serve(data), bench.Settings(("Segmind__ApiKey", null), ("Segmind__BaseUrl", null)));
        await AssertSaysAsync(reel, named);
    }

    [Theory]
    [InlineData("desk.json.new", "data folder")]
    [InlineData("webhook-secret.new", "data folder")]
    [InlineData("engine.lock", "data folder")]
    public async Task A_file_of_the_data_folder_that_cannot_be_written(string name, string named)
    {
        var data = TestFolder.Create();
        Directory.CreateDirectory(Path.Combine(data, name)); // No file can be put in the place of a folder.

        await using var reel = ReelProcess.Launch(ReelProcess.Serve(data), bench.Settings(("Webhooks__Secret", null)));
        await AssertSaysAsync(reel, named);
    }

    [Theory]
    [InlineData("")]
    [InlineData("below")]
    public async Task A_data_folder_that_is_a_file(string below)
    {
        var file = Path.Combine(TestFolder.Create(), "file");
        await File.WriteAllTextAsync(file, "here first");

        await using var reel = ReelProcess.Launch(ReelProcess.Serve(Path.Combine(file, below)), bench.Settings());

        await AssertSaysAsync(reel, file, "--data");
        Assert.Equal("here first", await File.ReadAllTextAsync(file));
    }

    [Fact]
    public async Task A_data_folder_where_nobody_not_even_root_may_make_one()
    {
        if (!OperatingSystem.IsLinux()) return; // It has such a place.
        await using var reel = ReelProcess.Launch(ReelProcess.Serve("/proc/reel-data"), bench.Settings());
        await AssertSaysAsync(reel, "/proc/reel-data", "--data");
    }

    [Fact]
    public async Task A_database_of_a_newer_version_and_one_that_was_cut_off_are_left_as_they_are()
    {
        if (OperatingSystem.IsWindows()) return; // It has no signals to stop the first one with.
        var data = TestFolder.Create();
        await using (var first = await ReelProcess.ServeAsync(data, bench.Settings())) Assert.Equal(0, await first.StopAsync());
        var file = Path.Combine(data, "engine.db");
        var whole = await File.ReadAllBytesAsync(file);
        var newer = whole.ToArray();
        newer[63] = 99; // The last byte of the user version (SQLite's file format, 1.3).

        foreach (var (bytes, words) in ((byte[], string)[])[(newer, "schema version 99"), (whole[..(whole.Length / 2)], "is damaged"), ([], "is damaged")])
        {
            await File.WriteAllBytesAsync(file, bytes);
            await using var reel = ReelProcess.Launch(ReelProcess.Serve(data), bench.Settings());
            await AssertSaysAsync(reel, file, words);
            Assert.Equal(bytes, await File.ReadAllBytesAsync(file));
        }
    }

    [Fact]
    public async Task A_secret_that_is_blank_is_made_anew()
    {
        var data = TestFolder.Create();
        await File.WriteAllTextAsync(Path.Combine(data, "webhook-secret"), "\n");

        await using var reel = await ReelProcess.ServeAsync(data, bench.Settings(("Webhooks__Secret", null)));

        Assert.StartsWith("whsec_", await File.ReadAllTextAsync(Path.Combine(data, "webhook-secret")), StringComparison.Ordinal);
    }

    private static async Task AssertSaysAsync(ReelProcess reel, params string[] words)
    {
        Assert.Equal(1, await reel.ExitAsync(30));
        foreach (var word in words) Assert.Contains(word, reel.StandardError, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", reel.StandardError, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled", reel.StandardError, StringComparison.Ordinal);
        Assert.Empty(reel.Output);
    }
}
