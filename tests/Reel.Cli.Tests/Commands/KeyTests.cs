using Reel.EndToEnd.Tests.Azurite;
using Reel.EndToEnd.Tests.Desk;

namespace Reel.Cli.Tests.Commands;

/// <summary>A server that wants a key.</summary>
public sealed class KeyTests
{
    private const string Key = "a-key-of-sixteen-characters-or-more";

    [Fact]
    public async Task A_key_comes_from_an_option_a_file_or_the_settings_and_without_one_it_is_4()
    {
        if (OperatingSystem.IsWindows()) return; // It has no such file modes.
        await using var bench = await Bench.CreateAsync();
        var server = await bench.StartAsync(("Api__Keys__me", Key));
        var home = TestFolder.Create();
        await File.WriteAllTextAsync(Path.Combine(home, "key"), $"{Key}\n");
        async Task<Ended> RunAsync(Uri? url, params string[] arguments)
        {
            using var command = ReelCommandProcess.Start(url, home, arguments);
            return await command.EndAsync();
        }

        var none = await RunAsync(server.Url, "list");
        var noModels = await RunAsync(server.Url, "generate", "kling-2.6", "--prompt", "fox");
        var option = await RunAsync(server.Url, "list", "--api-key", Key);
        var file = await RunAsync(server.Url, "list", "--api-key-file", "key");
        var config = Path.Combine(Directory.CreateDirectory(Path.Combine(home, "config", "reel")).FullName, "config.json");
        await File.WriteAllTextAsync(config, $$"""{"url": "{{server.Url}}", "api_key": "{{Key}}"}""");
        File.SetUnixFileMode(config, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        var settings = await RunAsync(null, "list");
        File.SetUnixFileMode(config, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var closed = await RunAsync(null, "list");

        Assert.Equal((4, 4), (none.Code, noModels.Code));
        Assert.Contains("REEL_API_KEY", none.Error, StringComparison.Ordinal);
        Assert.Equal((0, 0, 0, 0), (option.Code, file.Code, settings.Code, closed.Code));
        Assert.Contains("can be seen by others", option.Error, StringComparison.Ordinal);
        Assert.Contains("chmod 600", settings.Error, StringComparison.Ordinal);
        Assert.Equal(("", ""), (file.Error, closed.Error));
        Assert.DoesNotContain(Key, option.Error + settings.Error, StringComparison.Ordinal);
    }
}
