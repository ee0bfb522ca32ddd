using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Reel.Emulator.Accounts;
using Reel.Emulator.Endpoints;
using Reel.Emulator.Faults;
using Reel.Emulator.Jobs;
using Reel.Emulator.Traffic;

namespace Reel.Emulator;

/// <summary>Segmind, emulated, in this process. It reads no settings but its options, takes no signals, and logs warnings only, to standard error.</summary>
public sealed class EmulatorServer : IAsyncDisposable
{
    // Long enough for answers under way, too short to be noticed; what hangs is cut off.
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(100);

    private readonly WebApplication app;
    private readonly CancellationTokenSource stopping;
    private readonly Journal? journal;

    private EmulatorServer(WebApplication app, CancellationTokenSource stopping, Journal? journal, Uri url)
    {
        this.app = app;
        this.stopping = stopping;
        this.journal = journal;
        Url = url;
    }

    /// <summary>Where it listens, with the port that was taken if port 0 was asked for; the first one when there are several.</summary>
    public Uri Url { get; }

    /// <summary>Starts an emulator; it serves when the task is done.</summary>
    /// <exception cref="ArgumentException">A setting makes no sense; the message names it.</exception>
    /// <exception cref="IOException">The port is taken, or the data folder is in use or cannot be used.</exception>
    /// <exception cref="InvalidDataException">The data folder's journal is damaged before its last line.</exception>
    public static async Task<EmulatorServer> StartAsync(EmulatorOptions options, CancellationToken ct = default)
    {
        options.Validate();
        var seed = options.Seed ?? Random.Shared.Next();
        var account = new Account(options.Credits);
        var jobs = new JobStore(options, account, new JobTimes(seed, options.Speed));
        var traffic = new TrafficLog();
        var stopping = new CancellationTokenSource();
        Journal? journal = null;
        WebApplication? app = null;
        try
        {
            if (options.DataFolder is { } folder)
                journal = Journal.Open(folder, jobs, traffic, account, options.TimeProvider.GetUtcNow(), options.JournalFault);
            app = Build(options, new Provider(
                options, new ApiKeys(options.ApiKeys), account, jobs, new FaultRules(seed), traffic, journal, stopping.Token));
            await app.StartAsync(ct);
            return new EmulatorServer(app, stopping, journal, UrlOf(app));
        }
        catch
        {
            if (app is not null) await app.DisposeAsync();
            journal?.Dispose();
            stopping.Dispose();
            throw;
        }
    }

    /// <summary>Stops at once: whoever hangs, waits or downloads is cut off.</summary>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await app.StopAsync(CancellationToken.None);
        await app.DisposeAsync();
        journal?.Dispose();
        stopping.Dispose();
    }

    private static WebApplication Build(EmulatorOptions options, Provider provider)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls(options.Urls).ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http1);
            // (assumed) No source states the provider's limit; a prompt needs far less.
            kestrel.Limits.MaxRequestBodySize = 1024 * 1024;
            // A slow reader is one of the things to be tested.
            kestrel.Limits.MinResponseDataRate = null;
        });
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = Grace);
        // The one that comes by default would take Ctrl+C away from the program around this.
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Logging.SetMinimumLevel(LogLevel.Warning)
            // It tells what StartAsync throws anyway.
            .AddFilter("Microsoft.Extensions.Hosting", LogLevel.None)
            .AddSimpleConsole(console => console.SingleLine = true)
            .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);

        var app = builder.Build();
        app.UseProvider(provider);
        app.UseRouting();
        app.MapProvider().MapEmulator(provider);
        return app;
    }

    private static Uri UrlOf(WebApplication app)
    {
        var address = app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First();
        foreach (var any in (string[])["//0.0.0.0", "//[::]", "//*", "//+"])
            address = address.Replace(any, "//127.0.0.1", StringComparison.Ordinal);
        return new Uri(address);
    }

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
