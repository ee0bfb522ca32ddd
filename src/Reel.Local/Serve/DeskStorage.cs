using Azure.Storage.Blobs;
using Microsoft.Extensions.Configuration;
using Reel.Local.Azurite;
using Reel.Storage;

namespace Reel.Local.Serve;

/// <summary>
/// Blob storage: the account in <c>AzureWebJobsStorage</c>, or an Azurite that somebody runs, or one of our own, which is started again when it dies.
/// </summary>
internal sealed class DeskStorage : IAsyncDisposable
{
    private static readonly TimeSpan LeastDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MostDelay = TimeSpan.FromSeconds(30);

    private readonly DeskOptions options;
    private readonly Action<string> say;
    private readonly Account? given;
    private readonly CancellationTokenSource stop = new();
    private Task starting = Task.CompletedTask;
    private Task supervision = Task.CompletedTask;
    private AzuriteServer? server;
    private int port;

    private DeskStorage(DeskOptions options, Action<string> say, Account? given = null, string description = "")
    {
        this.options = options;
        this.say = say;
        this.given = given;
        Description = description;
    }

    /// <summary>Which one, in words.</summary>
    public string Description { get; private set; }

    /// <summary>What could be had instead; null when somebody chose already.</summary>
    public string? Advice => given is null ? "set AzureWebJobsStorage, and another --data, for an account of yours" : null;

    /// <summary>Its name for <see cref="DeskBinding"/>.</summary>
    public string Name => given?.Name ?? DeskBinding.OwnStorage;

    /// <summary>Settings that must hold, once it is started.</summary>
    public IEnumerable<KeyValuePair<string, string?>> Settings => given is { ConnectionString: null }
        ? []
        : [new(StorageOptions.Setting, given?.ConnectionString ?? AzuriteServer.ConnectionStringFor(port))];

    private string Folder => FolderIn(options);

    /// <summary>
    /// Which one it is to be; nothing is started yet. Blobs in the data folder are not left behind for an Azurite that happens to answer, and none
    /// is used that belongs to another desk and ends with it.
    /// </summary>
    public static async Task<DeskStorage> FindAsync(DeskOptions options, IConfiguration settings, Action<string> say, CancellationToken cancellationToken)
    {
        var section = settings.GetSection(StorageOptions.Setting);
        if (section.Value is { } account) return new DeskStorage(options, say, Account.Of(account), "the account in AzureWebJobsStorage");
        if (section.GetChildren().Any()) return new DeskStorage(options, say, Account.ByIdentity(section), "the account in AzureWebJobsStorage");

        var shared = AzuriteServer.ConnectionStringFor(options.StoragePort);
        return options.StoragePort != 0 && !Directory.Exists(FolderIn(options)) && await AzuriteServer.IsForAllAsync(shared, cancellationToken)
            ? new DeskStorage(options, say, Account.Of(shared), $"the Azurite that was running at http://127.0.0.1:{options.StoragePort}")
            : new DeskStorage(options, say);
    }

    /// <summary>Starts it, if it is our own; disposing breaks that off.</summary>
    /// <exception cref="StartException">Azurite cannot be had.</exception>
    public Task StartAsync(CancellationToken cancellationToken) => given is not null ? Task.CompletedTask : starting = StartOwnAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await starting.ContinueWith(_ => { }, TaskScheduler.Default);
        await supervision;
        if (server is not null) await server.DisposeAsync();
        stop.Dispose();
    }

    private static string FolderIn(DeskOptions options) => Path.Combine(options.DataFolder, "azurite");

    private async Task StartOwnAsync(CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop.Token, cancellationToken);
        try
        {
            server = await StartServerAsync(options.StoragePort, either.Token);
        }
        catch (AzuriteException exception)
        {
            throw new StartException(exception.Message, exception);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            throw new StartException(AzuriteException.WithAdvice($"Azurite could not be started: {exception.Message}").Message, exception);
        }

        port = server.Port;
        Description = $"Azurite at http://127.0.0.1:{port}";
        supervision = SuperviseAsync();
    }

    private async Task<AzuriteServer> StartServerAsync(int preferredPort, CancellationToken cancellationToken)
    {
        var package = await AzuriteInstaller.ForUser(options.DataFolder).InstallAsync(new Say(say), cancellationToken);
        return await AzuriteServer.StartAsync(package, Folder, preferredPort, line => say($"Azurite says: {line}"), cancellationToken);
    }

    private async Task SuperviseAsync()
    {
        var delay = LeastDelay;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                if (server is { } running)
                {
                    await running.Exited.WaitAsync(stop.Token);
                    say("Azurite ended unasked; starting it again");
                    delay = LeastDelay;
                    server = null;
                    await running.DisposeAsync();
                }

                await Task.Delay(delay, stop.Token);
                server = await RestartAsync();
            }
            catch (Exception exception)
            {
                // Whatever it was, it may pass, and without storage nothing goes on.
                if (!stop.IsCancellationRequested) say($"Azurite could not be started again: {exception.Message}");
            }

            delay = delay * 2 < MostDelay ? delay * 2 : MostDelay;
        }
    }

    // On the same port: clients and links know it. Whoever took it meanwhile may let go of it again.
    private async Task<AzuriteServer> RestartAsync()
    {
        var next = await StartServerAsync(port, stop.Token);
        if (next.Port == port) return next;
        await next.DisposeAsync();
        throw new AzuriteException($"Something else listens at its port {port}.");
    }

    // Progress<T> would report on the thread pool, after the fact.
    private sealed class Say(Action<string> say) : IProgress<string>
    {
        public void Report(string value) => say(value);
    }

    /// <summary>An account that somebody chose.</summary>
    /// <param name="Name">Its blob service's address, without anything secret.</param>
    /// <param name="ConnectionString">Null when it is reached with an identity.</param>
    private sealed record Account(string Name, string? ConnectionString)
    {
        public static Account Of(string connectionString) =>
            new(new BlobServiceClient(connectionString).Uri.GetLeftPart(UriPartial.Path), connectionString);

        // Whether the settings are any good is found out with all others.
        public static Account ByIdentity(IConfigurationSection section) =>
            new(section["blobServiceUri"] ?? $"https://{section["accountName"]}.blob.core.windows.net/", null);
    }
}
