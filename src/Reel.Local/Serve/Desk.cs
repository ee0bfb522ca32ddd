using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Reel.Api;
using Reel.Generations;
using Reel.Local.Engine;
using Reel.Segmind;
using Reel.Webhooks;

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
    // A submit that is cut off is an unknown outcome, and it is not cancelled: most answer within this. Whatever else runs is, and ends at once.
    private static readonly TimeSpan SubmitGrace = TimeSpan.FromSeconds(30);

    // An attempt mostly waits, and a hanging receiver's for long; an activity of another kind has as many places beside them.
    internal static readonly AttemptCapacity Attempts = new(256);

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
        Ports.Check(options.Urls);
        var folder = DataFolder.Open(options.DataFolder);
        DeskStorage? storage = null;
        DeskProvider? provider = null;
        WebApplication? app = null;
        try
        {
            var given = DeskSettings.Given(settings);
            DeskSettings.Check(options, given);
            storage = await DeskStorage.FindAsync(options, given, say, cancellationToken);
            var binding = new DeskBinding(storage.Name, DeskProvider.NameOf(given));
            binding.Check(options.DataFolder);

            // Azurite takes its time in a process of its own. What can be done without it is done meanwhile; all that runs is started after it.
            var storageIsThere = storage.StartAsync(cancellationToken);
            provider = await DeskProvider.StartAsync(options, given, cancellationToken);
            app = Build(options, given, provider);
            await storageIsThere;
            foreach (var (name, value) in storage.Settings) app.Configuration[name] = value;
            binding.Keep(options.DataFolder);
            await app.StartAsync(cancellationToken);
            return new Desk(options, folder, app, storage, provider);
        }
        catch
        {
            await EndAsync(folder, storage, provider, app);
            throw;
        }
    }

    /// <summary>Until somebody stops it.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) => app.WaitForShutdownAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await EndAsync(folder, storage, provider, app);

    /// <summary>What was started and where: a line each of the API, storage, provider and webhooks.</summary>
    /// <param name="withAdvice">Also say what could be had instead.</param>
    public string Describe(bool withAdvice)
    {
        string Advised(string what, string? advice) => withAdvice && advice is not null ? $"{what}; {advice}" : what;
        return $"""
            Reel      {Url.GetLeftPart(UriPartial.Authority)}, with its data in {DataFolder.Show(options.DataFolder)}
            Storage   {Advised(storage.Description, storage.Advice)}
            Provider  {Advised(provider.Description, provider.Advice)}
            Webhooks  {DeskWebhooks.Describe(options, app.Configuration)}
            """;
    }

    /// <summary>
    /// From the last to the first, and none is left out because another failed. The engine is stopped before anything goes that its activities use,
    /// also when the start failed after it: what it took up may be in the middle of a paid submit.
    /// </summary>
    private static async Task EndAsync(IDisposable folder, DeskStorage? storage, DeskProvider? provider, WebApplication? app)
    {
        using var last = folder;
        await using var third = storage;
        await using var second = provider;
        await using var first = app;
        if (app is not null) await app.StopAsync();
    }

    /// <summary>Slow receivers, or hours of video after an outage, are not to take all the places from submits and checks.</summary>
    internal static void LimitActivities(EngineOptions engine)
    {
        engine.MaxConcurrentActivities = 2 * Attempts.Places;
        engine.MaxConcurrentByActivity[AttemptWebhookActivity.FunctionName] = Attempts.Places;
        engine.MaxConcurrentByActivity[Activities.SaveVideo.Name] = 8;
    }

    private static WebApplication Build(DeskOptions options, IConfiguration given, DeskProvider provider)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = typeof(Desk).Assembly.GetName().Name });
        builder.Configuration.AddDesk(options, given).AddInMemoryCollection(provider.Settings);
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

        builder.Services.AddSingleton(Attempts).AddReel(builder.Configuration);
        builder.Services.AddEmbeddedEngine(ReelServices.CreateCatalog(), engine =>
        {
            engine.DataFolder = options.DataFolder;
            engine.StopTimeout = SubmitGrace;
            LimitActivities(engine);
        });

        // More would only wait at the gate, in places that others can use.
        builder.Services.AddOptions<EngineOptions>().Configure<IOptions<SegmindOptions>>((engine, segmind) =>
            engine.MaxConcurrentByActivity[Activities.Submit.Name] = Math.Max(1, segmind.Value.MaxConcurrentSubmits));
        builder.Services.AddHostedService<ServerStop>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = SubmitGrace + TimeSpan.FromSeconds(5));
        builder.Services.AddHostedService<RetentionTimer>();

        app = builder.Build();
        app.UseReelApi();
        return app;
    }
}
