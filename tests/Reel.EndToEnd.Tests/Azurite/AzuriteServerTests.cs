using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Specialized;
using Reel.Local.Azurite;
using Reel.Storage;

namespace Reel.EndToEnd.Tests.Azurite;

public sealed class AzuriteServerTests
{
    [Fact]
    public async Task It_answers_once_started_and_no_more_once_disposed()
    {
        var server = await StartAsync();
        Assert.True(await AzuriteServer.AnswersAsync(server.ConnectionString));

        var exited = server.Exited;
        await server.DisposeAsync();

        Assert.True(exited.IsCompletedSuccessfully);
        Assert.False(await AzuriteServer.AnswersAsync(server.ConnectionString));
    }

    [Fact]
    public async Task What_is_not_a_blob_service_does_not_answer_as_one()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        var talking = Task.Run(async () =>
        {
            using var client = await other.AcceptTcpClientAsync();
            await client.GetStream().WriteAsync("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray());
        });

        Assert.False(await AzuriteServer.AnswersAsync(AzuriteServer.ConnectionStringFor(port)));
        await talking;
    }

    [Fact]
    public async Task One_that_was_started_here_is_told_from_one_that_somebody_runs_for_all()
    {
        await using var server = await StartAsync();
        await using var stock = await StockAzurite.StartAsync();

        Assert.False(await AzuriteServer.IsForAllAsync(server.ConnectionString));
        Assert.True(await AzuriteServer.IsForAllAsync(stock.ConnectionString));
    }

    [Fact]
    public async Task One_that_stops_serving_by_itself_ends()
    {
        var (package, folder) = (await AzuriteFixture.InstallAsync(), TestFolder.Create());
        var broken = Path.Combine(folder, "broken.js");
        await File.WriteAllTextAsync(broken, """
            const { default: collector } = require(process.cwd() + "/package/node_modules/azurite/dist/src/blob/gc/BlobGCManager.js");
            collector.prototype.markSweep = () => new Promise((_, failed) => setTimeout(failed, 200, new Error("broken")));
            """);
        Directory.CreateSymbolicLink(Path.Combine(folder, "package"), package);
        using var server = Process.Start(new ProcessStartInfo(
            "node", ["-r", broken, Path.Combine(package, "blob.js"), "--location", folder, "--blobPort", "0", "--silent"])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;

        await server.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(20));

        Assert.Equal(1, server.ExitCode);
    }

    [Fact]
    public async Task A_taken_port_is_left_alone_and_a_free_one_used()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var taken = ((IPEndPoint)other.LocalEndpoint).Port;

        await using var server = await StartAsync(port: taken);

        Assert.NotEqual(taken, server.Port);
        Assert.True(await AzuriteServer.AnswersAsync(server.ConnectionString));
    }

    [Fact]
    public async Task A_folder_serves_one_process_at_a_time()
    {
        var folder = TestFolder.Create();
        await using var first = await StartAsync(folder);

        var refused = await Assert.ThrowsAsync<AzuriteException>(() => StartAsync(folder));

        Assert.Contains(folder, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Blobs_are_still_there_after_a_stop_and_a_start_on_the_same_port()
    {
        var folder = TestFolder.Create();
        var first = await StartAsync(folder);
        await WriteAsync(first.ConnectionString, "blob");
        await first.DisposeAsync();

        await using var second = await StartAsync(folder, first.Port);

        Assert.Equal(first.Port, second.Port);
        Assert.Equal("hello", await ReadAsync(second.ConnectionString, "blob"));
    }

    [Fact]
    public async Task What_was_answered_survives_kill_9_right_after()
    {
        const int Rounds = 4;
        var folder = TestFolder.Create();
        for (var i = 0; i < Rounds; i++)
        {
            await using var server = await StartAsync(folder);
            await WriteAsync(server.ConnectionString, $"blob-{i}");
            await WriteAsync(server.ConnectionString, "replaced", $"by {i}");
            if (i > 0) await Blob(server.ConnectionString, $"blob-{i - 1}").DeleteAsync();
            Kill(server.ProcessId);
            await server.Exited;
        }

        await using var last = await StartAsync(folder);

        Assert.Equal($"by {Rounds - 1}", await ReadAsync(last.ConnectionString, "replaced"));
        for (var i = 0; i < Rounds; i++)
            Assert.Equal(i == Rounds - 1, await Blob(last.ConnectionString, $"blob-{i}").ExistsAsync());
    }

    [Fact]
    public async Task Of_many_writers_at_once_none_loses_an_answered_write_to_kill_9()
    {
        var folder = TestFolder.Create();
        var server = await StartAsync(folder);
        var answered = new ConcurrentBag<string>();
        var writers = Enumerable.Range(0, 8).Select(async writer =>
        {
            try
            {
                for (var i = 0; ; i++)
                {
                    await WriteAsync(server.ConnectionString, $"{writer}-{i}", $"{i}");
                    answered.Add($"{writer}-{i}");
                    await WriteAsync(server.ConnectionString, $"last-{writer}", $"{i}");
                }
            }
            catch (Exception e) when (e is RequestFailedException or AggregateException or IOException)
            {
                // The server is gone: that is the end of this writer.
            }
        }).ToList();
        // Its tables have been saved in between, so that what is read back comes from them and from the journal since.
        await Wait.UntilAsync(() => Directory.GetFiles(folder, "*blob__.json.journal.*").Any(name => !name.EndsWith(".1", StringComparison.Ordinal)),
            "the journal goes on in a second file", seconds: 60);
        Kill(server.ProcessId);
        await Task.WhenAll(writers);
        await server.DisposeAsync();

        await using var again = await StartAsync(folder);

        Assert.NotEmpty(answered);
        var there = await Blob(again.ConnectionString, "any").GetParentBlobContainerClient().GetBlobsAsync().Select(blob => blob.Name).ToHashSetAsync();
        Assert.Superset(answered.ToHashSet(), there);
        foreach (var name in answered.Take(50)) Assert.Equal(name.Split('-')[1], await ReadAsync(again.ConnectionString, name));
    }

    [Fact]
    public async Task It_is_gone_after_its_parent_was_killed_with_kill_9()
    {
        if (OperatingSystem.IsWindows()) return; // The test needs a shell; the mechanism is the same pipe.
        var folder = TestFolder.Create();
        // The shell holds the other end of Azurite's standard input, as Reel does, and tells its id and then what it prints.
        const string Script = "coproc node \"$0\" --location . --blobHost 127.0.0.1 --blobPort 0 --silent; echo $COPROC_PID; while read -r line <&${COPROC[0]}; do echo $line; done";
        using var parent = Process.Start(new ProcessStartInfo("bash", ["-c", Script, Path.Combine(await AzuriteFixture.InstallAsync(), "blob.js")])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        var id = int.Parse((await parent.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture);
        var address = new Uri((await parent.StandardOutput.ReadLineAsync())!);
        Assert.True(await AzuriteServer.AnswersAsync(AzuriteServer.ConnectionStringFor(address.Port)));

        parent.Kill(entireProcessTree: false);

        await Wait.UntilAsync(() => !IsRunning(id), "Azurite ends with its parent");
        await using var next = await StartAsync(folder);
        Assert.True(await AzuriteServer.AnswersAsync(next.ConnectionString));
    }

    [Fact]
    public async Task Signals_of_the_terminal_do_not_end_it_before_its_parent_does()
    {
        if (OperatingSystem.IsWindows()) return;
        await using var server = await StartAsync();

        foreach (var signal in new[] { "INT", "TERM", "HUP" })
            await Process.Start("kill", ["-s", signal, $"{server.ProcessId}"]).WaitForExitAsync();

        Assert.True(await AzuriteServer.AnswersAsync(server.ConnectionString));
        Assert.False(server.Exited.IsCompleted);
    }

    private static async Task<AzuriteServer> StartAsync(string? folder = null, int port = 0) =>
        await AzuriteServer.StartAsync(await AzuriteFixture.InstallAsync(), folder ?? TestFolder.Create(), port);

    private static void Kill(int id)
    {
        using var process = Process.GetProcessById(id);
        process.Kill();
    }

    private static bool IsRunning(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static BlockBlobClient Blob(string connectionString, string name)
    {
        var options = StorageServices.ClientOptions();
        options.Retry.MaxRetries = 0;
        return new BlobServiceClient(connectionString, options).GetBlobContainerClient("kept").GetBlockBlobClient(name);
    }

    private static async Task WriteAsync(string connectionString, string name, string text = "hello")
    {
        var blob = Blob(connectionString, name);
        await blob.GetParentBlobContainerClient().CreateIfNotExistsAsync();
        using var content = new MemoryStream(Encoding.UTF8.GetBytes(text));
        await blob.UploadAsync(content);
    }

    private static async Task<string> ReadAsync(string connectionString, string name) =>
        (await Blob(connectionString, name).DownloadContentAsync()).Value.Content.ToString();
}
