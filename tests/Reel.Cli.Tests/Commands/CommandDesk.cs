using Reel.EndToEnd.Tests.Azurite;
using Reel.EndToEnd.Tests.Desk;

namespace Reel.Cli.Tests.Commands;

/// <summary>A desk that the tests of a class share.</summary>
public sealed class CommandDesk : IAsyncLifetime
{
    internal Bench Bench { get; private set; } = null!;

    internal ReelProcess Server { get; private set; } = null!;

    /// <summary>A home in which the models are remembered: help and completion wait for no slow server, and leave them out.</summary>
    internal string Home { get; } = TestFolder.Create();

    /// <summary>Runs the command to its end, in a folder that nobody has used.</summary>
    internal async Task<Ended> RunAsync(params string[] arguments)
    {
        using var command = ReelCommandProcess.Start(Server.Url, TestFolder.Create(), Home, arguments);
        return await command.EndAsync();
    }

    public async Task InitializeAsync()
    {
        Bench = await Bench.CreateAsync();
        Server = await Bench.StartAsync();
        Assert.Equal(0, (await RunAsync("generate", "kling-2.6", "--prompt", "fox", "--dry-run")).Code);
    }

    public Task DisposeAsync() => Bench.DisposeAsync();
}
