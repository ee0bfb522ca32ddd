using System.Diagnostics;
using Azure;
using Azure.Storage.Blobs;

namespace Reel.Local.Azurite;

/// <summary>
/// Azurite's blob service as a child process on 127.0.0.1. It lives as long as this process at the most: it ends with its standard input, which
/// this process holds, so that not even kill -9 leaves it behind. What it has acknowledged is on disk, so it may be killed in turn.
/// </summary>
public sealed class AzuriteServer : IAsyncDisposable
{
    /// <summary>Where the blob service of development storage is expected.</summary>
    public const int DefaultPort = 10000;

    // The emulator's well-known account: the same on every machine, and no secret.
    private const string Account = "devstoreaccount1";
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    // See blob.js.
    private const string Mark = "x-reel-azurite";
    private const int AddressInUse = 98;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(6);

    private readonly Process process;
    private readonly FileStream folderLock;

    private AzuriteServer(Process process, FileStream folderLock, int port)
    {
        (this.process, this.folderLock, Port) = (process, folderLock, port);
        Exited = process.WaitForExitAsync();
    }

    /// <summary>The port it listens on.</summary>
    public int Port { get; }

    /// <summary>The process's id.</summary>
    public int ProcessId => process.Id;

    /// <summary>Of the emulator's account on this port.</summary>
    public string ConnectionString => ConnectionStringFor(Port);

    /// <summary>Completes when the process is gone, for whatever reason. To have it back, start another on the same folder and port.</summary>
    public Task Exited { get; }

    /// <summary>The connection string of the emulator's account on the given port.</summary>
    public static string ConnectionStringFor(int port) =>
        $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};BlobEndpoint=http://127.0.0.1:{port}/{Account};";

    /// <summary>Starts Azurite and returns once it answers.</summary>
    /// <param name="package">The folder that <see cref="AzuriteInstaller"/> gave.</param>
    /// <param name="folder">Where it keeps its data; made when missing. For one process at a time.</param>
    /// <param name="preferredPort">The port to use when it is free; otherwise, and for 0, any free one.</param>
    /// <param name="complain">Told what it says on standard error, such as that its disk is full: at most one line a minute.</param>
    /// <exception cref="NodeMissingException">There is no Node.js.</exception>
    /// <exception cref="AzuriteException">The folder is in use, or Azurite ended or said nothing for 30 seconds.</exception>
    public static async Task<AzuriteServer> StartAsync(
        string package, string folder, int preferredPort = DefaultPort, Action<string>? complain = null, CancellationToken cancellationToken = default)
    {
        folder = Path.GetFullPath(folder);
        Directory.CreateDirectory(folder);
        var held = FileLock.TryTake(Path.Combine(folder, "azurite.lock"))
            ?? throw new AzuriteException($"Another process keeps its blobs in {folder}.");
        try
        {
            return await TryStartAsync(package, folder, preferredPort, held, complain, cancellationToken)
                ?? await TryStartAsync(package, folder, 0, held, complain, cancellationToken)
                ?? throw AzuriteException.WithAdvice("Azurite found no free port.");
        }
        catch
        {
            await held.DisposeAsync();
            throw;
        }
    }

    /// <summary>True when a blob service answers at this connection string and lets its account in.</summary>
    public static async Task<bool> AnswersAsync(string connectionString, CancellationToken cancellationToken = default) =>
        await AskAsync(connectionString, cancellationToken) is not null;

    /// <summary>True when one answers that somebody runs for all: not one that <see cref="AzuriteServer"/> started, which ends with its owner.</summary>
    public static async Task<bool> IsForAllAsync(string connectionString, CancellationToken cancellationToken = default) =>
        await AskAsync(connectionString, cancellationToken) is { } answer && !answer.Headers.Contains(Mark);

    /// <summary>Ends it: it saves and goes by itself within moments, or else is killed.</summary>
    public async ValueTask DisposeAsync()
    {
        await EndAsync(process, Exited);
        process.Dispose();
        await folderLock.DisposeAsync();
    }

    private static async Task<Response?> AskAsync(string connectionString, CancellationToken cancellationToken)
    {
        try
        {
            var options = new BlobClientOptions { Retry = { MaxRetries = 0, NetworkTimeout = TimeSpan.FromSeconds(5) } };
            return (await new BlobServiceClient(connectionString, options).GetPropertiesAsync(cancellationToken)).GetRawResponse();
        }
        catch (Exception e) when (e is RequestFailedException or FormatException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }

    /// <summary>Null when the port is taken.</summary>
    private static async Task<AzuriteServer?> TryStartAsync(
        string package, string folder, int port, FileStream held, Action<string>? complain, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(NodeTools.Node,
        [
            Path.Combine(package, "blob.js"),
            "--location", folder, "--blobHost", "127.0.0.1", "--blobPort", $"{port}",
            "--silent", "--skipApiVersionCheck", "--disableTelemetry",
        ])
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // Other accounts, or another database, are for whoever set them, not for this child.
        start.Environment.Remove("AZURITE_ACCOUNTS");
        start.Environment.Remove("AZURITE_DB");

        var process = Process.Start(start)!;
        try
        {
            var errors = new LastLine();
            process.ErrorDataReceived += (_, line) => errors.Take(line.Data);
            process.BeginErrorReadLine();
            var address = await process.StandardOutput.ReadLineAsync(cancellationToken).AsTask().WaitAsync(StartLimit, cancellationToken);
            if (address is not null)
            {
                _ = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
                errors.Complain = complain;
                return new AzuriteServer(process, held, new Uri(address).Port);
            }
            await process.WaitForExitAsync(cancellationToken);
            var code = process.ExitCode;
            process.Dispose();
            return code == AddressInUse ? null : throw AzuriteException.WithAdvice($"Azurite, with its data in {folder}, ended with code {code}: {errors}.");
        }
        catch (Exception e) when (e is not AzuriteException)
        {
            await EndAsync(process, process.WaitForExitAsync(CancellationToken.None));
            process.Dispose();
            if (e is not TimeoutException) throw;
            throw AzuriteException.WithAdvice($"Azurite did not start within {StartLimit.TotalSeconds:0} seconds.", e);
        }
    }

    private static async Task EndAsync(Process process, Task exited)
    {
        try
        {
            process.StandardInput.Close();
            await exited.WaitAsync(CloseLimit);
        }
        catch (Exception e) when (e is TimeoutException or IOException)
        {
            process.Kill(entireProcessTree: true);
            await exited;
        }
    }

    /// <summary>The last thing a process said.</summary>
    private sealed class LastLine
    {
        private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);
        private volatile string line = "it gave no reason";
        private volatile Action<string>? complain;
        private long told;

        public Action<string>? Complain
        {
            set => complain = value;
        }

        // One at a time: they come from one stream.
        public void Take(string? next)
        {
            if (string.IsNullOrWhiteSpace(next)) return;
            line = next.Trim().TrimEnd('.');
            if (complain is null || (told != 0 && Stopwatch.GetElapsedTime(told) < Pause)) return;
            told = Stopwatch.GetTimestamp();
            complain(line);
        }

        public override string ToString() => line;
    }
}
