using System.Security.Cryptography;
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

    internal Task<ReelProcess> StartAsync(params (string Name, string? Value)[] more) => StartThroughAsync(null, more);

    /// <param name="through">A program that becomes it, and that program's arguments.</param>
    internal async Task<ReelProcess> StartThroughAsync(IReadOnlyList<string>? through, params (string Name, string? Value)[] more)
    {
        var reel = await ReelProcess.ServeAsync(DataFolder, Settings(more), through);
        processes.Add(reel);
        return reel;
    }

    /// <summary>A body for kling-2.6 that no other request has, with a webhook.</summary>
    internal JsonObject Body(string prompt) => new() { ["prompt"] = prompt, ["duration"] = 5, ["webhook_url"] = Inbox.Url };

    /// <summary>What the result links to, and its figures, are the provider's video; returns its bytes.</summary>
    internal async Task<byte[]> AssertSavedAsync(Answer result)
    {
        // A client of its own: the link needs neither key nor anything else of ours.
        using var stranger = new HttpClient();
        var saved = await stranger.GetByteArrayAsync(new Uri(result["output"]!));
        var theirs = await Provider.FileAsync(result["provider_request_id"]!);
        Assert.True(saved.AsSpan().SequenceEqual(theirs), $"The saved video has {saved.Length} bytes and is not the provider's of {theirs.Length}.");

        var video = result.Body!["video"]!;
        Assert.Equal(saved.Length, video["file_size"]!.GetValue<long>());
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(saved)), (string?)video["sha256"]);
        return saved;
    }

    public async Task DisposeAsync()
    {
        foreach (var process in processes) await process.DisposeAsync();
        await Inbox.DisposeAsync();
        await Provider.DisposeAsync();
    }

    ValueTask IAsyncDisposable.DisposeAsync() => new(DisposeAsync());
}
