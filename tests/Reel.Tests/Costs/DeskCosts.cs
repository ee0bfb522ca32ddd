using Reel.EndToEnd.Tests.Azurite;
using Reel.Local.Azurite;

namespace Reel.Tests.Costs;

/// <summary>Requests of several kinds, each run once and counted, one after another on one desk.</summary>
public sealed class DeskCosts : IAsyncLifetime
{
    /// <summary>Of a render of 304 s, by the poll schedule about.</summary>
    internal const int Checks = 15;

    private const string Key = "order-0001";
    private const int LongVideo = 15_000_000;

    /// <summary>Done at the second check, without a webhook.</summary>
    internal DeskCost Plain { get; private set; } = null!;

    /// <summary>One check more.</summary>
    internal DeskCost Checked { get; private set; } = null!;

    /// <summary>A webhook that is heard at once.</summary>
    internal DeskCost Told { get; private set; } = null!;

    /// <summary>One that is heard at the second attempt.</summary>
    internal DeskCost Retried { get; private set; } = null!;

    /// <summary>One that is heard at the third.</summary>
    internal DeskCost RetriedAgain { get; private set; } = null!;

    /// <summary>With an idempotency key.</summary>
    internal DeskCost Keyed { get; private set; } = null!;

    /// <summary>The same call again.</summary>
    internal DeskCost Repeated { get; private set; } = null!;

    /// <summary>A video of one block more.</summary>
    internal DeskCost Longer { get; private set; } = null!;

    /// <summary>All of it: fifteen checks, a webhook, a key, and a video of four blocks.</summary>
    internal DeskCost Whole { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        // Of its own: the desk deletes whatever is there before each request.
        await using var azurite = await AzuriteServer.StartAsync(await AzuriteFixture.InstallAsync(), TestFolder.Create(), preferredPort: 0);
        await using var desk = await CostDesk.StartAsync(azurite.ConnectionString);
        Plain = await desk.RunAsync();
        Checked = await desk.RunAsync(checks: 3);
        Told = await desk.RunAsync(webhook: true);
        Retried = await desk.RunAsync(webhook: true, refusals: 1);
        RetriedAgain = await desk.RunAsync(webhook: true, refusals: 2);
        Keyed = await desk.RunAsync(key: Key);
        Repeated = await desk.RunAsync(key: Key, isRepetition: true);
        Longer = await desk.RunAsync(videoBytes: 5_000_000);
        Whole = await desk.RunAsync(Checks, webhook: true, key: Key + "b", videoBytes: LongVideo);
    }

    public Task DisposeAsync() => Task.CompletedTask;
}
