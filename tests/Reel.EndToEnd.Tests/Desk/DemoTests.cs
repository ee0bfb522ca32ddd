using System.Buffers.Binary;
using System.Diagnostics;
using Reel.EndToEnd.Tests.Azurite;

namespace Reel.EndToEnd.Tests.Desk;

/// <summary><c>demo</c>, as somebody new runs it.</summary>
public sealed class DemoTests
{
    [Fact]
    public async Task It_ends_well_with_two_videos_and_leaves_nothing_behind()
    {
        var (here, temp) = (TestFolder.Create(), TestFolder.Create());
        var watch = Stopwatch.StartNew();
        await using var demo = ReelProcess.Launch(["demo"], new Dictionary<string, string?> { ["TMPDIR"] = temp }, here);
        var children = new HashSet<int>();
        while (!demo.HasExited && watch.Elapsed < TimeSpan.FromSeconds(60))
        {
            if (OperatingSystem.IsLinux()) children.UnionWith(LookAtChildren(demo));
            await Task.Delay(50);
        }

        Assert.True(await demo.ExitAsync(10) == 0, $"It failed.{demo.Story}");
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(60), $"It took {watch.Elapsed}.");
        Assert.Equal(10, Duration(Path.Combine(here, "reel-demo", "kling-2.6.mp4")), 1);
        Assert.Equal(5, Duration(Path.Combine(here, "reel-demo", "kling-1.6-image2video.mp4")), 1);
        Assert.Equal(2, demo.Output.Count(line => line.Contains("signature verified", StringComparison.Ordinal)));
        if (OperatingSystem.IsLinux()) Assert.NotEmpty(children);
        Assert.DoesNotContain(children, ProcessTree.IsRunning);
        Assert.Empty(Directory.EnumerateDirectories(temp, "reel-*"));
    }

    [Fact]
    public async Task Ctrl_C_in_the_middle_leaves_nothing_behind()
    {
        if (!OperatingSystem.IsLinux()) return; // Children are looked up in /proc.
        var (here, temp) = (TestFolder.Create(), TestFolder.Create());
        await using var demo = ReelProcess.Launch(["demo"], new Dictionary<string, string?> { ["TMPDIR"] = temp }, here);
        await Wait.UntilAsync(() => demo.HasExited || demo.Output.Any(line => line.StartsWith("Webhooks", StringComparison.Ordinal)), "the demo to be up", 60);
        var children = ProcessTree.ChildrenOf(demo.Id);

        Assert.Equal(130, await demo.StopAsync());

        Assert.NotEmpty(children);
        Assert.DoesNotContain(children, ProcessTree.IsRunning);
        Assert.Empty(Directory.EnumerateDirectories(temp, "reel-*"));
        Assert.DoesNotContain("   at ", demo.StandardError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ctrl_C_during_the_start_leaves_nothing_behind()
    {
        if (!OperatingSystem.IsLinux()) return; // Processes are looked up in /proc.
        var (here, temp) = (TestFolder.Create(), TestFolder.Create());
        await using var demo = ReelProcess.Launch(["demo"], new Dictionary<string, string?> { ["TMPDIR"] = temp }, here);
        await Wait.UntilAsync(() => demo.HasExited || Directory.EnumerateDirectories(temp, "reel-*").Any(KeepsBlobs), "the folder of Azurite", 60);

        Assert.Equal(130, await demo.StopAsync());

        Assert.Empty(ProcessTree.StartedWith($"--location {temp}/"));
        Assert.Empty(Directory.EnumerateDirectories(temp, "reel-*"));
        Assert.DoesNotContain("   at ", demo.StandardError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_Node_it_goes_on_the_storage_that_it_says_to_set()
    {
        var (here, empty) = (TestFolder.Create(), TestFolder.Create());
        var settings = new Dictionary<string, string?> { ["PATH"] = empty, ["XDG_DATA_HOME"] = empty };
        await using (var refused = ReelProcess.Launch(["demo"], settings, here))
        {
            Assert.Equal(1, await refused.ExitAsync(60));
            Assert.Contains("Node.js", refused.StandardError, StringComparison.Ordinal);
            Assert.Contains("AzureWebJobsStorage", refused.StandardError, StringComparison.Ordinal);
        }

        var azurite = new AzuriteFixture();
        await azurite.InitializeAsync();
        settings["AzureWebJobsStorage"] = azurite.ConnectionString;
        await using var demo = ReelProcess.Launch(["demo"], settings, here);
        Assert.True(await demo.ExitAsync(60) == 0, $"It failed.{demo.Story}");
    }

    [Fact]
    public async Task A_folder_that_the_videos_cannot_go_to_is_named_at_once()
    {
        var here = TestFolder.Create();
        await File.WriteAllTextAsync(Path.Combine(here, "taken"), "");
        await using var demo = ReelProcess.Launch(["demo", "--out", "taken"], new Dictionary<string, string?>(), here);

        Assert.Equal(1, await demo.ExitAsync(30));
        Assert.Contains("--out", demo.StandardError, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", demo.StandardError, StringComparison.Ordinal);
        Assert.Empty(demo.Output);
    }

    private static bool KeepsBlobs(string data) => Directory.Exists(Path.Combine(data, "azurite"));

    private static IReadOnlyList<int> LookAtChildren(ReelProcess process)
    {
        try
        {
            return ProcessTree.ChildrenOf(process.Id);
        }
        catch (IOException)
        {
            return []; // It has just ended.
        }
    }

    /// <summary>Seconds, from the box mvhd of an MP4 file whose boxes ftyp, moov and mdat are all there, to the last byte.</summary>
    private static double Duration(string file)
    {
        var bytes = File.ReadAllBytes(file);
        var boxes = new Dictionary<string, Range>();
        for (var at = 0; at < bytes.Length;)
        {
            var size = BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at));
            Assert.InRange(size, 8, bytes.Length - at);
            boxes.TryAdd(System.Text.Encoding.ASCII.GetString(bytes, at + 4, 4), (at + 8)..(at + size));
            at += size;
        }

        Assert.Superset(new HashSet<string> { "ftyp", "moov", "mdat" }, boxes.Keys.ToHashSet());
        var movie = bytes.AsSpan(boxes["moov"]);
        var header = movie[(movie.IndexOf("mvhd"u8) + 4)..];
        Assert.Equal(0, header[0]); // Version 0: times of 32 bits.
        return BinaryPrimitives.ReadUInt32BigEndian(header[16..]) / (double)BinaryPrimitives.ReadUInt32BigEndian(header[12..]);
    }
}
