using System.Text.Json.Nodes;
using Reel.EndToEnd.Tests.Azurite;

namespace Reel.EndToEnd.Tests.Desk;

/// <summary>
/// All that surrounds a Reel.Local: provider, storage with a container of its own, receiver of webhooks, data folder. Processes are started on it,
/// one after another on the same data; it ends what is left of them.
/// </summary>
public sealed class Bench : IAsyncLifetime, IAsyncDisposable
{
    private readonly List<ReelProcess> processes = [];
    private readonly string container = $"videos-{Guid.NewGuid():N}";

    internal Provider Provider { get; private set; } = null!;

    internal Inbox Inbox { get; private set; } = null!;

    internal string DataFolder { get; } = TestFolder.Create();

    /// <summary>Of the shared Azurite, unless a test puts another here.</summary>
    internal string ConnectionString { get; set; } = "";

    public async Task InitializeAsync()
    {
        var azurite = new AzuriteFixture();
        await azurite.InitializeAsync();
        ConnectionString = azurite.ConnectionString;
        Provider = await Provider.StartAsync();
        Inbox = await Inbox.StartAsync();
    }

    internal static async Task<Bench> CreateAsync()
    {
        var bench = new Bench();
        await bench.InitializeAsync();
        return bench;
    }

    /// <summary>What a Reel.Local is started with here.</summary>
    internal Dictionary<string, string?> Settings(params (string Name, string? Value)[] more)
    {
        var settings = new Dictionary<string, string?>
        {
            ["AzureWebJobsStorage"] = ConnectionString,
            ["Videos__Container"] = container,
            ["Segmind__ApiKey"] = Provider.ApiKey,
            ["Segmind__BaseUrl"] = Provider.Url.AbsoluteUri,
            ["Polling__Least"] = "00:00:00.2",
            ["Polling__Most"] = "00:00:00.4",
            ["Webhooks__Secret"] = Inbox.Secret,
            ["Webhooks__AllowPrivateNetworks"] = "true",
        };
        foreach (var (name, value) in more) settings[name] = value;
        return settings;
    }

    internal async Task<ReelProcess> StartAsync(params (string Name, string? Value)[] more)
    {
        var reel = await ReelProcess.ServeAsync(DataFolder, Settings(more));
        processes.Add(reel);
        return reel;
    }

    /// <summary>A body for kling-2.6 that no other request has, with a webhook.</summary>
    internal JsonObject Body(string prompt) => new() { ["prompt"] = prompt, ["duration"] = 5, ["webhook_url"] = Inbox.Url };

    public async Task DisposeAsync()
    {
        foreach (var process in processes) await process.DisposeAsync();
        await Inbox.DisposeAsync();
        await Provider.DisposeAsync();
    }

    ValueTask IAsyncDisposable.DisposeAsync() => new(DisposeAsync());
}
