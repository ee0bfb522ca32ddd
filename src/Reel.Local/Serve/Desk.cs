using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Reel.Api;
using Reel.Local.Engine;

namespace Reel.Local.Serve;

/// <summary>What a desk runs with.</summary>
/// <param name="Urls">Where the API listens; port 0 takes a free one.</param>
/// <param name="DataFolder">Absolute; created when missing.</param>
/// <param name="StoragePort">The port that Azurite gets if it is free; 0 takes a free one and asks nobody else's Azurite.</param>
/// <param name="EmulatorPort">Likewise for the emulated provider.</param>
/// <param name="EmulatorSpeed">How many times faster than the real provider.</param>
internal sealed record DeskOptions(
    string Urls, string DataFolder, int StoragePort = 10000, int EmulatorPort = 7072, double EmulatorSpeed = 10);

/// <summary>Reel on one machine: Kestrel with the API, the embedded engine, and whatever of storage and provider is not given.</summary>
internal sealed class Desk : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly DeskStorage storage;
    private readonly DeskProvider provider;

    private readonly DeskOptions options;
    private readonly IDisposable folder;

    private Desk(DeskOptions options, IDisposable folder, WebApplication app, DeskStorage storage, DeskProvider provider)
    {
        this.options = options;
        this.folder = folder;
        this.app = app;
        this.storage = storage;
        this.provider = provider;
    }

    /// <summary>Where the API listens.</summary>
    public Uri Url => new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>What webhooks are signed with.</summary>
    public string WebhookSecret => app.Configuration["Webhooks:Secret"]!;

    /// <summary>Starts all of it; on failure, nothing is left running.</summary>
    /// <param name="settings">As an Azure app would have them; see README.</param>
    /// <param name="say">Told what takes long.</param>
    public static async Task<Desk> StartAsync(
        DeskOptions options, IConfiguration settings, Action<string> say, CancellationToken cancellationToken)
    {
        var folder = DataFolder.Open(options.DataFolder);
        DeskStorage? storage = null;
        DeskProvider? provider = null;
        WebApplication? app = null;
        try
        {
            storage = await DeskStorage.StartAsync(options, settings, say, cancellationToken);
            provider = await DeskProvider.StartAsync(options, settings, cancellationToken);
            app = Build(options, settings, storage, provider);
            await app.StartAsync(cancellationToken);
            return new Desk(options, folder, app, storage, provider);
        }
        catch
        {
            if (app is not null) await app.DisposeAsync();
            if (provider is not null) await provider.DisposeAsync();
            if (storage is not null) await storage.DisposeAsync();
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Until somebody stops it.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) => app.WaitForShutdownAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // The engine first: activities under way still want storage and provider.
        await app.StopAsync();
        await app.DisposeAsync();
        await provider.DisposeAsync();
        await storage.DisposeAsync();
        folder.Dispose();
    }

    /// <summary>What was started and where: a line each of the API, storage, provider and webhooks.</summary>
    /// <param name="withAdvice">Also say what could be had instead.</param>
    public string Describe(bool withAdvice)
    {
        string Advised(string what, string? advice) => withAdvice && advice is not null ? $"{what}; {advice}" : what;
        return $"""
            Reel      {Url.GetLeftPart(UriPartial.Authority)}, with its data in {Path.GetRelativePath(".", options.DataFolder)}
            Storage   {Advised(storage.Description, storage.Advice)}
            Provider  {Advised(provider.Description, provider.Advice)}
            Webhooks  {DeskWebhooks.Describe(options, app.Configuration)}
            """;
    }

    private static WebApplication Build(DeskOptions options, IConfiguration settings, DeskStorage storage, DeskProvider provider)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = typeof(Desk).Assembly.GetName().Name });
        builder.Configuration
            .AddInMemoryCollection(provider.Defaults)
            .AddInMemoryCollection(DeskWebhooks.Defaults(options))
            .AddConfiguration(settings)
            .AddInMemoryCollection(storage.Settings)
            .AddInMemoryCollection(provider.Settings);
        builder.WebHost.UseKestrelCore().UseUrls(options.Urls).ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;

            // The API has a limit of its own, with an answer.
            kestrel.Limits.MaxRequestBodySize = null;
        });
        builder.Logging.AddConfiguration(builder.Configuration.GetSection("Logging")).AddSimpleConsole(console => console.SingleLine = true);
        builder.Logging.SetMinimumLevel(LogLevel.Information).AddFilter("Microsoft", LogLevel.Warning).AddFilter("Azure", LogLevel.Warning);

        // What keeps it from starting is said once, in words, by Start; the host would say it first, with its stack.
        WebApplication? app = null;
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting", level => level >= LogLevel.Warning && app?.Lifetime.ApplicationStarted.IsCancellationRequested is true);
        builder.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);

        builder.Services.AddReel(builder.Configuration);
        builder.Services.AddEmbeddedEngine(ReelServices.CreateCatalog(), engine => engine.DataFolder = options.DataFolder);
        builder.Services.AddHostedService<RetentionTimer>();

        app = builder.Build();
        app.UseReelApi();
        return app;
    }
}
