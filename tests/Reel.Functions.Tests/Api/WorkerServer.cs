using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Reel.Api;
using Reel.Functions.Api;
using Reel.Functions.Durable;

namespace Reel.Functions.Tests.Api;

/// <summary>
/// The API function behind a server that does to a request what the worker does: its own routing has matched the one route of the function
/// and left its endpoint and values, the request's services are those of the invocation's scope (here ended already, where the worker ends it
/// in a race with the response), and no async local of the server's reaches the function.
/// </summary>
internal sealed class WorkerServer : IAsyncDisposable
{
    /// <summary>Names one of <see cref="Clients"/>, for tests in which bindings give different ones.</summary>
    public const string ClientHeader = "x-test-client";

    public const string DeskKey = "desk-key-of-sixteen-characters";
    public const string ShopKey = "shop-key-of-sixteen-characters";

    private readonly WebApplication app;
    private readonly ConcurrentDictionary<string, TaskCompletionSource<Invocation>> invocations = new(StringComparer.Ordinal);

    private WorkerServer(WebApplication app) => this.app = app;

    public Uri Address { get; private set; } = null!;

    /// <summary>What bindings give.</summary>
    public ConcurrentDictionary<string, MemoryClient> Clients { get; } = new(StringComparer.Ordinal) { [""] = new MemoryClient() };

    /// <summary>What the binding gives when nothing is said.</summary>
    public MemoryClient Client => Clients[""];

    public static async Task<WorkerServer> StartAsync(params (string Name, string Value)[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.Logging.ClearProviders();
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(
        [
            new("Segmind:ApiKey", "SG_0123456789abcdef"),
            new("Api:Keys:desk", DeskKey),
            new("Api:Keys:shop", ShopKey),
            .. settings.Select(setting => new KeyValuePair<string, string?>(setting.Name, setting.Value)),
        ]);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null).UseUrls("http://127.0.0.1:0");
        builder.Host.UseDefaultServiceProvider(provider => provider.ValidateScopes = provider.ValidateOnBuild = true);
        builder.Services.AddReel(builder.Configuration).RequireApiKeys().AddDurableFunctions().AddSingleton<ApiPipeline>();
        builder.Services.TryAddSingleton<ApiFunction>();

        var app = builder.Build();
        var server = new WorkerServer(app);
        app.Map("/{*path}", server.InvokeAsync).WithDisplayName("Api");
        await app.StartAsync();
        server.Address = new Uri(app.Urls.Single());
        return server;
    }

    /// <summary>A caller with a key, or without.</summary>
    public HttpClient Caller(string? key = DeskKey)
    {
        var caller = new HttpClient { BaseAddress = Address };
        if (key is not null) caller.DefaultRequestHeaders.Add("x-api-key", key);
        return caller;
    }

    /// <summary>How the function ended for the request to a path that no other request goes to.</summary>
    public Task<Invocation> InvocationOf(string path) => Slot(path).Task.WaitAsync(TimeSpan.FromSeconds(20));

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task InvokeAsync(HttpContext context)
    {
        if (!context.Items.TryAdd(typeof(WorkerServer), true)) throw new InvalidOperationException("The request has come back to the function.");

        await using (var scope = app.Services.CreateAsyncScope())
            context.Features.Set<IServiceProvidersFeature>(new EndedScope(scope.ServiceProvider));
        var body = new CountingStream(context.Request.Body);
        context.Request.Body = body;

        var client = Clients[context.Request.Headers[ClientHeader].ToString()].Object;
        var function = app.Services.GetRequiredService<ApiFunction>();
        var slot = Slot(context.Request.Path + context.Request.QueryString);
        try
        {
            Task run;
            using (ExecutionContext.SuppressFlow()) run = Task.Run(() => function.RunAsync(context.Request, client));
            await run;
            slot.TrySetResult(new Invocation(body.Count, body.Ended, null));
        }
        catch (Exception exception)
        {
            slot.TrySetResult(new Invocation(body.Count, body.Ended, exception));
            throw;
        }
    }

    private TaskCompletionSource<Invocation> Slot(string path) =>
        invocations.GetOrAdd(path, _ => new TaskCompletionSource<Invocation>(TaskCreationOptions.RunContinuationsAsynchronously));

    private sealed class EndedScope(IServiceProvider services) : IServiceProvidersFeature
    {
        public IServiceProvider RequestServices { get; set; } = services;
    }
}

/// <summary>How a function ended.</summary>
/// <param name="Read">Bytes of the request's body that were read.</param>
/// <param name="ReadToEnd">The body's end was seen.</param>
/// <param name="Failure">What the function threw.</param>
internal sealed record Invocation(long Read, bool ReadToEnd, Exception? Failure);
