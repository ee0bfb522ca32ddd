using System.Text;
using Reel.Local.Engine.Store;
using Reel.Orchestration;

namespace Reel.Tests.Engine;

public sealed class EngineFolderTests
{
    private static readonly OrchestrationName<string, string> Main = new("Main");
    private static readonly ActivityName<string, string> Act = new("Act");

    private static OrchestrationCatalog Catalog() => new OrchestrationCatalog()
        .Add(Main, async (context, input) => await context.CallAsync(Act, input) + await context.WaitForEvent<string>("go"))
        .Add(Act, input => input);

    public static readonly TheoryData<string> Damages = ["text", "header", "middle", "truncated"];

    [Fact]
    public async Task A_folder_belongs_to_one_engine_at_a_time()
    {
        using var folder = new TempFolder();
        await using (await EngineHost.StartAsync(Catalog(), folder.Path))
        {
            var error = await Assert.ThrowsAsync<EngineStoreException>(() => EngineHost.StartAsync(Catalog(), folder.Path));
            Assert.Contains("is in use: another process holds", error.Message, StringComparison.Ordinal);
            Assert.Contains(folder.Path, error.Message, StringComparison.Ordinal);
        }

        await using var next = await EngineHost.StartAsync(Catalog(), folder.Path);
        Assert.Null(await next.Client.GetAsync("one"));
    }

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task A_damaged_file_is_named_and_left_as_it_is(string damage)
    {
        using var folder = new TempFolder();
        await using (var host = await EngineHost.StartAsync(Catalog(), folder.Path))
            await Parallel.ForAsync(0, 300, async (i, token) => await host.Client.StartAsync(Main, $"run{i}", new string('x', 500), token));
        var bytes = await File.ReadAllBytesAsync(folder.Database);
        switch (damage)
        {
            case "text":
                bytes = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("not a database ", 1_000)));
                break;
            case "header":
                bytes.AsSpan(0, 100).Fill(0xFF);
                break;
            case "middle":
                bytes.AsSpan(bytes.Length / 2, 8_192).Fill(0xA5);
                break;
            default:
                bytes = bytes[..(bytes.Length / 2)];
                break;
        }

        await File.WriteAllBytesAsync(folder.Database, bytes);

        var error = await Assert.ThrowsAsync<EngineStoreException>(() => EngineHost.StartAsync(Catalog(), folder.Path));

        Assert.Contains($"'{folder.Database}' is damaged", error.Message, StringComparison.Ordinal);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(folder.Database));
    }

    [Fact]
    public async Task An_empty_file_is_a_damaged_one()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder.Database, "");
        await File.WriteAllTextAsync(folder.Database + "-wal", "requests");

        var error = await Assert.ThrowsAsync<EngineStoreException>(() => EngineHost.StartAsync(Catalog(), folder.Path));

        Assert.Contains($"'{folder.Database}' is damaged: it is empty", error.Message, StringComparison.Ordinal);
        Assert.Equal("requests", await File.ReadAllTextAsync(folder.Database + "-wal"));
    }

    [Fact]
    public async Task A_file_that_went_missing_is_not_replaced_while_its_log_is_there()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder.Database + "-wal", "requests");

        var error = await Assert.ThrowsAsync<EngineStoreException>(() => EngineHost.StartAsync(Catalog(), folder.Path));

        Assert.Contains($"'{folder.Database}' is missing", error.Message, StringComparison.Ordinal);
        Assert.Equal("requests", await File.ReadAllTextAsync(folder.Database + "-wal"));
        Assert.False(File.Exists(folder.Database));
    }

    [Fact]
    public async Task What_a_first_start_left_unfinished_is_in_nobodys_way()
    {
        using var folder = new TempFolder();
        foreach (var left in (string[])["", "-wal", "-shm"]) await File.WriteAllTextAsync($"{folder.Database}.new{left}", "half a file");

        await using var host = await EngineHost.StartAsync(Catalog(), folder.Path);

        Assert.Null(await host.Client.GetAsync("one"));
        Assert.Empty(Directory.EnumerateFiles(folder.Path, "*.new*"));
    }

    [Theory]
    [InlineData("PRAGMA application_id = 7", "is another program's SQLite database")]
    [InlineData("PRAGMA user_version = 99", "has schema version 99; this program knows 1")]
    public async Task Somebody_elses_file_and_a_newer_one_are_refused(string change, string expected)
    {
        using var folder = new TempFolder();
        await (await EngineHost.StartAsync(Catalog(), folder.Path)).DisposeAsync();
        using (var connection = StoreConnection.Open(folder.Database, readOnly: false)) connection.Execute(change);

        var error = await Assert.ThrowsAsync<EngineStoreException>(() => EngineHost.StartAsync(Catalog(), folder.Path));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_is_not_said_to_be_in_use()
    {
        using var folder = new TempFolder();
        var path = Path.Combine(folder.Path, "file");
        await File.WriteAllTextAsync(path, "");

        var error = await Assert.ThrowsAsync<EngineStoreException>(() => EngineHost.StartAsync(Catalog(), path));

        Assert.Contains($"'{path}' cannot be written to", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_cannot_have_a_write_ahead_log_is_refused()
    {
        // SQLite answers "memory", as it answers "delete" on a file system without shared memory.
        using var connection = StoreConnection.Open(":memory:", readOnly: false);

        var error = Assert.Throws<EngineStoreException>(() => Schema.Create(connection));

        Assert.Contains("has to be on a disk of this machine", error.Message, StringComparison.Ordinal);
    }
}
