using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Reel.Api;
using Reel.EndToEnd.Tests.Desk;
using Reel.Orchestration;

namespace Reel.EndToEnd.Tests.Api;

/// <summary>The API on Kestrel, as the desk has it, over an engine and a clock of the test's. Without storage, unless the settings name one.</summary>
internal sealed class ApiHost : IAsyncDisposable
{
    public const string Desk = "desk-key-of-sixteen-characters";
    public const string Shop = "shop-key-of-sixteen-characters";

    private readonly WebApplication app;

    private ApiHost(WebApplication app) => this.app = app;

    public Uri Url => new(app.Urls.Single());

    public IServiceProvider Services => app.Services;

    public static async Task<ApiHost> StartAsync(TimeProvider time, MemoryEngine engine, params (string Name, string Value)[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.Logging.ClearProviders();
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(
        [
            new("Segmind:ApiKey", Provider.ApiKey),
            new("Api:Keys:desk", Desk),
            new("Api:Keys:shop", Shop),
            .. settings.Select(setting => new KeyValuePair<string, string?>(setting.Name, setting.Value)),
        ]);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(time).AddSingleton<IOrchestrationClient>(engine).AddReel(builder.Configuration);
        var app = builder.Build();
        app.UseReelApi();
        await app.StartAsync();
        return new ApiHost(app);
    }

    /// <summary>Begins to stop, as Ctrl+C does.</summary>
    public void Stop() => app.Lifetime.StopApplication();

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
