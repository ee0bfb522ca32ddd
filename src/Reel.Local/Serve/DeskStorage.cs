using Microsoft.Extensions.Configuration;
using Reel.Local.Azurite;

namespace Reel.Local.Serve;

/// <summary>
/// Blob storage: the account in <c>AzureWebJobsStorage</c>, or an Azurite that is there, or one of our own, which is started again when it dies.
/// </summary>
internal sealed class DeskStorage : IAsyncDisposable
{
    private const string Setting = "AzureWebJobsStorage";
    private const string Development = "UseDevelopmentStorage=true";
    private static readonly TimeSpan RestartDelay = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource stop = new();
    private readonly Task supervision = Task.CompletedTask;
    private AzuriteServer? server;

    private DeskStorage(string description, string? connectionString, string? advice = null)
    {
        Description = description;
        Advice = advice;
        Settings = connectionString is null ? [] : [new(Setting, connectionString)];
    }

    private DeskStorage(AzuriteServer server, string package, string folder, Action<string> say)
        : this($"Azurite at http://127.0.0.1:{server.Port}", server.ConnectionString, "set AzureWebJobsStorage for an account of yours")
    {
        this.server = server;
        supervision = SuperviseAsync(package, folder, say);
    }

    /// <summary>Which one, in words.</summary>
    public string Description { get; }

    /// <summary>What could be had instead; null when somebody chose already.</summary>
    public string? Advice { get; }

    /// <summary>Settings that must hold.</summary>
    public IEnumerable<KeyValuePair<string, string?>> Settings { get; }

    /// <summary>Finds or starts storage.</summary>
    /// <exception cref="StartException">Azurite is needed and cannot be had.</exception>
    public static async Task<DeskStorage> StartAsync(DeskOptions options, IConfiguration settings, Action<string> say, CancellationToken cancellationToken)
    {
        var section = settings.GetSection(Setting);
        if (section.Value is { Length: > 0 } given ? given != Development : section.GetChildren().Any())
            return new DeskStorage("the account in AzureWebJobsStorage", null);
        if (options.StoragePort != 0 && await AzuriteServer.AnswersAsync(AzuriteServer.ConnectionStringFor(options.StoragePort), cancellationToken))
            return new DeskStorage($"the Azurite that was running at http://127.0.0.1:{options.StoragePort}", AzuriteServer.ConnectionStringFor(options.StoragePort));

        try
        {
            var package = await AzuriteInstaller.ForUser(options.DataFolder).InstallAsync(new Say(say), cancellationToken);
            var folder = Path.Combine(options.DataFolder, "azurite");
            var server = await AzuriteServer.StartAsync(package, folder, options.StoragePort, cancellationToken);
            return new DeskStorage(server, package, folder, say);
        }
        catch (Exception exception) when (exception is AzuriteException or NodeMissingException)
        {
            throw new StartException(exception.Message, exception);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await supervision;
        if (server is not null) await server.DisposeAsync();
        stop.Dispose();
    }

    private async Task SuperviseAsync(string package, string folder, Action<string> say)
    {
        try
        {
            while (true)
            {
                await server!.Exited.WaitAsync(stop.Token);
                say("Azurite ended unasked; starting it again");
                await Task.Delay(RestartDelay, stop.Token);
                var port = server.Port;
                await server.DisposeAsync();
                server = null;
                server = await RestartAsync(package, folder, port, say);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The desk is closing.
        }
    }

    // On the same port: clients and links know it. Whoever took it meanwhile may let go of it again.
    private async Task<AzuriteServer> RestartAsync(string package, string folder, int port, Action<string> say)
    {
        while (true)
        {
            try
            {
                var next = await AzuriteServer.StartAsync(package, folder, port, stop.Token);
                if (next.Port == port) return next;
                await next.DisposeAsync();
            }
            catch (AzuriteException exception)
            {
                say(exception.Message);
            }

            await Task.Delay(RestartDelay, stop.Token);
        }
    }

    // Progress<T> would report on the thread pool, after the fact.
    private sealed class Say(Action<string> say) : IProgress<string>
    {
        public void Report(string value) => say(value);
    }
}
