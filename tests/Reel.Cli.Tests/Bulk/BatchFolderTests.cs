using Reel.Cli.Bulk;
using Reel.Cli.Commands;
using Reel.Cli.Terminal;
using Reel.EndToEnd.Tests.Azurite;

namespace Reel.Cli.Tests.Bulk;

/// <summary>Who may go on with a folder that was begun.</summary>
public sealed class BatchFolderTests : IDisposable
{
    private const string Url = "https://reel.test/";

    private readonly string path = TestFolder.Create();
    private BatchFolder? folder;

    [Theory]
    [InlineData("another-key")]
    [InlineData(null)]
    public void Another_key_is_refused_once_something_was_sent(string? other)
    {
        Begin("a-key-of-sixteen-characters");

        var refused = Assert.Throws<CommandException>(() => folder!.StateFor(Url, other));

        Assert.Equal(ExitCode.Usage, refused.Code);
        Assert.Contains("was begun with another key", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_key_goes_on_and_is_not_in_the_folder()
    {
        var begun = Begin("a-key-of-sixteen-characters");

        Assert.Equal(begun.Run, folder!.StateFor(Url, "a-key-of-sixteen-characters").Run);
        Assert.DoesNotContain("a-key-of-sixteen-characters", File.ReadAllText(Path.Combine(path, "reel-batch.json")), StringComparison.Ordinal);
        Assert.NotEqual(BatchState.MarkOf("a-key", "a-run"), BatchState.MarkOf("a-key", "another-run"));
    }

    [Fact]
    public void Where_nothing_was_sent_yet_another_server_and_key_may_begin()
    {
        folder = BatchFolder.Open(path);
        folder.Save(folder.StateFor("https://mistyped.test/", "a-key"));

        Assert.Equal(Url, folder.StateFor(Url, "another-key").Url);
    }

    [Fact]
    public void A_folder_of_before_keys_were_marked_is_marked_now()
    {
        folder = BatchFolder.Open(path);
        folder.Save(new BatchState("a-run", Url, [Sent]));

        Assert.Equal(BatchState.MarkOf("a-key", "a-run"), folder.StateFor(Url, "a-key").Caller);
    }

    public void Dispose() => folder?.Dispose();

    private static Chunk Sent => new([1], "sha", null, DateTimeOffset.UnixEpoch);

    // As another process finds it.
    private BatchState Begin(string key)
    {
        using (var first = BatchFolder.Open(path)) first.Save(first.StateFor(Url, key) with { Chunks = [Sent] });
        folder = BatchFolder.Open(path);
        return folder.State!;
    }
}
