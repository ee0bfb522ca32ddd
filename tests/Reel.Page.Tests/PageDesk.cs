using System.Text.Json.Nodes;
using Reel.EndToEnd.Tests.Desk;

namespace Reel.Page.Tests;

/// <summary>One Reel.Local for all classes that need no settings of their own; they run one after another.</summary>
public sealed class PageDesk : IAsyncLifetime
{
    internal Bench Bench { get; private set; } = null!;

    internal ReelProcess Reel { get; private set; } = null!;

    internal Caller Caller { get; private set; } = null!;

    internal Uri Url => Reel.Url;

    public async Task InitializeAsync()
    {
        Bench = await Bench.CreateAsync();
        Reel = await Bench.StartAsync();
        Caller = new Caller(Reel);
    }

    /// <summary>Orders a video without a browser.</summary>
    internal Task<string> SubmitAsync(string prompt) => Caller.SubmitAsync(new JsonObject { ["prompt"] = prompt, ["duration"] = 5 });

    /// <summary>Orders a video and waits until it is final.</summary>
    internal async Task<string> FinishedAsync(string prompt)
    {
        var id = await SubmitAsync(prompt);
        await Caller.FinishAsync(id);
        return id;
    }

    public async Task DisposeAsync()
    {
        Caller.Dispose();
        await Bench.DisposeAsync();
    }
}

[CollectionDefinition(Name)]
public sealed class PageTests : ICollectionFixture<PageDesk>
{
    public const string Name = "page";
}
