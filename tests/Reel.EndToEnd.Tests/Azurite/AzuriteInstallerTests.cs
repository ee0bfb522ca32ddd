using Reel.Local.Azurite;

namespace Reel.EndToEnd.Tests.Azurite;

/// <summary>With the real npm, and a package that needs nothing, so that it is quick. The fixture installs the real one.</summary>
public sealed class AzuriteInstallerTests
{
    private readonly string source = Source();
    private readonly string cache = TestFolder.Create();
    private readonly List<string> said = [];

    [Fact]
    public async Task Installers_at_the_same_time_install_once()
    {
        var folders = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Installer().InstallAsync(Progress())));

        var folder = Assert.Single(folders.Distinct());
        Assert.True(File.Exists(Path.Combine(folder, "blob.js")));
        Assert.Single(said, line => line.StartsWith("Installing", StringComparison.Ordinal));
        Assert.Equal(folder, Assert.Single(Directory.GetDirectories(cache)));
    }

    [Fact]
    public async Task What_was_installed_is_found_without_npm()
    {
        var first = await Installer().InstallAsync();

        Assert.Equal(first, await Installer().InstallAsync(Progress()));
        Assert.Empty(said);
    }

    [Fact]
    public async Task An_install_that_was_cut_off_is_not_taken_for_a_whole_one()
    {
        var folder = await Installer().InstallAsync();
        Directory.Move(folder, $"{folder}.partial-0123");

        Assert.Equal(folder, await Installer().InstallAsync(Progress()));
        Assert.Single(said, line => line.StartsWith("Installing", StringComparison.Ordinal));
        Assert.Equal(folder, Assert.Single(Directory.GetDirectories(cache)));
    }

    [Fact]
    public async Task Another_lock_file_is_another_install()
    {
        var first = await Installer().InstallAsync();
        await File.AppendAllTextAsync(Path.Combine(source, "package-lock.json"), "\n");

        Assert.NotEqual(first, await Installer().InstallAsync());
    }

    [Fact]
    public async Task Another_install_goes_once_it_is_unused_for_long()
    {
        var first = await Installer().InstallAsync();
        Directory.SetLastWriteTimeUtc(first, DateTime.UtcNow.AddDays(-40));
        Assert.Equal(first, await Installer().InstallAsync()); // Which is a use.

        await File.AppendAllTextAsync(Path.Combine(source, "package-lock.json"), "\n");
        var second = await Installer().InstallAsync();
        Assert.True(Directory.Exists(first));

        Directory.SetLastWriteTimeUtc(first, DateTime.UtcNow.AddDays(-40));
        await File.AppendAllTextAsync(Path.Combine(source, "package-lock.json"), "\n");
        var third = await Installer().InstallAsync();
        Assert.Equal(new[] { second, third }.Order(), Directory.GetDirectories(cache).Order());
    }

    [Fact]
    public async Task An_install_that_is_given_up_leaves_nothing_behind()
    {
        using var stop = new CancellationTokenSource();
        var progress = new StopAtFirstWord(stop);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Installer().InstallAsync(progress, stop.Token));

        Assert.Empty(Directory.GetDirectories(cache));
    }

    [Fact]
    public async Task Where_the_cache_cannot_be_the_data_folder_is_used()
    {
        var file = Path.Combine(cache, "a-file");
        await File.WriteAllTextAsync(file, "");
        var data = TestFolder.Create();

        var unset = await new AzuriteInstaller(source, null, data).InstallAsync();
        var unwritable = await new AzuriteInstaller(source, Path.Combine(file, "below"), data).InstallAsync();

        Assert.StartsWith(data, unset, StringComparison.Ordinal);
        Assert.Equal(unset, unwritable);
    }

    [Fact]
    public async Task What_npm_complains_about_is_told_and_nothing_half_is_left()
    {
        await File.WriteAllTextAsync(Path.Combine(source, "package-lock.json"), "{ \"lockfileVersion\": 3, \"packages\": {} }");
        await File.WriteAllTextAsync(Path.Combine(source, "package.json"), """{ "name": "x", "version": "1.0.0", "dependencies": { "y": "file:none" } }""");

        var refused = await Assert.ThrowsAsync<AzuriteException>(() => Installer().InstallAsync());

        Assert.StartsWith("npm could not install Azurite: code EUSAGE; ", refused.Message, StringComparison.Ordinal);
        Assert.Contains("AzureWebJobsStorage", refused.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetDirectories(cache));
    }

    private AzuriteInstaller Installer() => new(source, cache, TestFolder.Create());

    private Said Progress() => new(said);

    private static string Source()
    {
        var folder = TestFolder.Create();
        File.WriteAllText(Path.Combine(folder, "blob.js"), "");
        File.WriteAllText(Path.Combine(folder, "package.json"), """{ "name": "x", "version": "1.0.0" }""");
        File.WriteAllText(Path.Combine(folder, "package-lock.json"),
            """{ "name": "x", "version": "1.0.0", "lockfileVersion": 3, "requires": true, "packages": { "": { "name": "x", "version": "1.0.0" } } }""");
        return folder;
    }

    private sealed class StopAtFirstWord(CancellationTokenSource stop) : IProgress<string>
    {
        public void Report(string value) => stop.CancelAfter(TimeSpan.FromMilliseconds(150)); // npm takes longer to begin with.
    }

    private sealed class Said(List<string> lines) : IProgress<string>
    {
        public void Report(string value)
        {
            lock (lines) lines.Add(value);
        }
    }
}
