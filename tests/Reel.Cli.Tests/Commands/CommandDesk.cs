using Reel.EndToEnd.Tests.Desk;

namespace Reel.Cli.Tests.Commands;

/// <summary>A desk that the tests of a class share.</summary>
public sealed class CommandDesk : IAsyncLifetime
{
    internal Bench Bench { get; private set; } = null!;

    internal ReelProcess Server { get; private set; } = null!;

    internal Task<Ended> RunAsync(params string[] arguments) => ReelCommandProcess.RunAsync(Server.Url, arguments);

    public async Task InitializeAsync()
    {
        Bench = await Bench.CreateAsync();
        Server = await Bench.StartAsync();
    }

    public Task DisposeAsync() => Bench.DisposeAsync();
}
