using Azure.Storage.Blobs;
using Reel.EndToEnd.Tests.Azurite;
using Reel.Local.Azurite;

namespace Reel.EndToEnd.Tests.Desk;

/// <summary>Videos go through Reel, never into it.</summary>
public sealed class MemoryTests
{
    private const long Mebibyte = 1 << 20;
    private const long Length = 1024 * Mebibyte;

    [Fact]
    public async Task Saving_a_gibibyte_raises_the_memory_by_less_than_64_mebibytes()
    {
        if (!OperatingSystem.IsLinux()) return; // The peak is read from /proc.
        await using var bench = await Bench.CreateAsync();
        var folder = TestFolder.Create();
        await using (var azurite = await AzuriteServer.StartAsync(await AzuriteFixture.InstallAsync(), folder, preferredPort: 0))
        {
            bench.ConnectionString = azurite.ConnectionString;
            var reel = await bench.StartAsync();
            using var caller = new Caller(reel);
            await caller.CompleteAsync(await caller.SubmitAsync(bench.Body("a small one, to have all code loaded")));
            var before = ProcessTree.PeakMemory(reel.Id);

            await bench.Provider.FaultsAsync($$"""{"where": "submit", "kind": "file_size", "bytes": {{Length}}}""");
            var result = await caller.CompleteAsync(await caller.SubmitAsync(bench.Body("a big one")), 180);
            var raised = ProcessTree.PeakMemory(reel.Id) - before;

            Assert.Equal(Length, result.Body!["video"]!["file_size"]!.GetValue<long>());
            var blob = new BlobClient(new Uri(result["output"]!));
            Assert.Equal(Length, (await blob.GetPropertiesAsync()).Value.ContentLength);
            Assert.True(raised < 64 * Mebibyte, $"The peak rose by {raised / Mebibyte} MiB, from {before / Mebibyte} MiB.{reel.Story}");
        }

        Directory.Delete(folder, recursive: true);
    }
}
