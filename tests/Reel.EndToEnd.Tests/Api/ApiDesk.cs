using Reel.EndToEnd.Tests.Desk;

namespace Reel.EndToEnd.Tests.Api;

/// <summary>One Reel.Local for all classes that only talk to it; they run one after another.</summary>
public sealed class ApiDesk : IAsyncLifetime
{
    internal Bench Bench { get; private set; } = null!;

    internal ReelProcess Reel { get; private set; } = null!;

    internal Caller Caller { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Bench = await Bench.CreateAsync();
        Reel = await Bench.StartAsync();
        Caller = new Caller(Reel);
    }

    public async Task DisposeAsync()
    {
        Caller.Dispose();
        await Bench.DisposeAsync();
    }
}

[CollectionDefinition(Name)]
public sealed class ApiTests : ICollectionFixture<ApiDesk>
{
    public const string Name = "api";
}
