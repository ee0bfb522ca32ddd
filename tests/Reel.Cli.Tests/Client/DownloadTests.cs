using System.Security.Cryptography;
using Reel.Client;
using Reel.EndToEnd.Tests.Azurite;

namespace Reel.Cli.Tests.Client;

/// <summary>Videos into files.</summary>
public sealed class DownloadTests
{
    private static readonly byte[] Video = RandomNumberGenerator.GetBytes(300_000);
    private static readonly string Sha256 = Convert.ToHexStringLower(SHA256.HashData(Video));

    private readonly string path = Path.Combine(TestFolder.Create(), "video.mp4");

    private string Part => $"{path}.r.part";

    private static ReelRequest Request => new("COMPLETED", "r", Video: new ReelVideo("u", "video/mp4", "v.mp4", Video.Length, Sha256));

    [Fact]
    public async Task One_that_breaks_off_goes_on_where_it_was()
    {
        var server = new FakeServer(
            FakeServer.Bytes(200, Video[..100_000], breaks: true),
            FakeServer.Refuse,
            FakeServer.Bytes(206, Video[100_000..], $"bytes 100000-299999/{Video.Length}"));
        using var client = server.Connect();

        await client.Videos.DownloadAsync(Request, path);

        Assert.Equal(Video, await File.ReadAllBytesAsync(path));
        Assert.Equal(("bytes=100000-", $"\"{Sha256}\""), (server.Calls[2].Headers["Range"], server.Calls[2].Headers["If-Range"]));
        Assert.False(File.Exists(Part));
    }

    [Fact]
    public async Task What_an_earlier_process_left_is_gone_on_with()
    {
        await File.WriteAllBytesAsync(Part, Video[..7]);
        var server = new FakeServer(FakeServer.Bytes(206, Video[7..], $"bytes 7-299999/{Video.Length}"));
        using var client = server.Connect();

        await client.Videos.DownloadAsync(Request, path);

        Assert.Equal(Video, await File.ReadAllBytesAsync(path));
    }

    [Fact]
    public async Task A_server_that_sends_all_of_it_again_is_taken_at_its_word()
    {
        await File.WriteAllBytesAsync(Part, Video[..7]);
        var server = new FakeServer(FakeServer.Bytes(200, Video));
        using var client = server.Connect();

        await client.Videos.DownloadAsync(Request, path);

        Assert.Equal(Video, await File.ReadAllBytesAsync(path));
    }

    [Fact]
    public async Task A_file_that_came_to_be_meanwhile_is_not_replaced_unless_it_may_be()
    {
        var server = new FakeServer(FakeServer.Bytes(200, Video));
        using var client = server.Connect();
        await File.WriteAllTextAsync(path, "somebody's");

        await Assert.ThrowsAsync<IOException>(() => client.Videos.DownloadAsync(Request, path, replace: false));
        Assert.Equal("somebody's", await File.ReadAllTextAsync(path));
        await client.Videos.DownloadAsync(Request, path);

        Assert.Equal(Video, await File.ReadAllBytesAsync(path));
        Assert.Single(server.Calls);
    }

    [Fact]
    public async Task Other_bytes_get_no_name_and_are_not_gone_on_with()
    {
        byte[] wrong = [.. Video[..^1], (byte)(Video[^1] ^ 1)];
        var server = new FakeServer(FakeServer.Bytes(200, wrong), FakeServer.Bytes(200, [.. Video, 0]), FakeServer.Bytes(200, Video));
        using var client = server.Connect();

        Assert.Equal(ReelException.Corrupt, (await Assert.ThrowsAsync<ReelException>(() => client.Videos.DownloadAsync(Request, path))).Code);
        Assert.Equal(0, new FileInfo(Part).Length);
        Assert.Equal(ReelException.Corrupt, (await Assert.ThrowsAsync<ReelException>(() => client.Videos.DownloadAsync(Request, path))).Code);
        Assert.False(File.Exists(path));
        File.Delete(Part);
        await client.Videos.DownloadAsync(Request, path);

        Assert.True(await Reel.Client.Videos.IsInAsync(Request.Video!, path));
    }
}
