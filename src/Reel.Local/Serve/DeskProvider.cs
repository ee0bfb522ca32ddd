using System.Globalization;
using Microsoft.Extensions.Configuration;
using Reel.Emulator;

namespace Reel.Local.Serve;

/// <summary>The provider: the real one when there is a key, else the emulator.</summary>
internal sealed class DeskProvider : IAsyncDisposable
{
    private readonly EmulatorServer? emulator;

    private DeskProvider(EmulatorServer? emulator, string description, string? advice = null)
    {
        this.emulator = emulator;
        Description = description;
        Advice = advice;
    }

    /// <summary>Which one, in words.</summary>
    public string Description { get; }

    /// <summary>What could be had instead; null when somebody chose already.</summary>
    public string? Advice { get; }

    /// <summary>Settings that must hold.</summary>
    public IEnumerable<KeyValuePair<string, string?>> Settings => emulator is null ? [] :
    [
        // Of the right form; it opens nothing.
        new("Segmind:ApiKey", "SG_0123456789abcdef"),
        new("Segmind:BaseUrl", emulator.Url.AbsoluteUri),
    ];

    /// <summary>Settings that hold unless others are given: the emulator is fast and on this machine, and so, likely, is the webhook's receiver.</summary>
    public IEnumerable<KeyValuePair<string, string?>> Defaults => emulator is null ? [] :
    [
        new("Polling:Least", "00:00:00.5"),
        new("Polling:Most", "00:00:02"),
        new("Webhooks:AllowPrivateNetworks", "true"),
    ];

    /// <summary>Starts the emulator if no key is set.</summary>
    public static async Task<DeskProvider> StartAsync(DeskOptions options, IConfiguration settings, CancellationToken cancellationToken)
    {
        if (settings["Segmind:ApiKey"] is { Length: > 0 })
            return new DeskProvider(null, $"Segmind at {settings["Segmind:BaseUrl"] ?? "https://api.segmind.com"}; renders are charged to your account");
        if (settings["Segmind:BaseUrl"] is { Length: > 0 })
            throw new StartException("Segmind__BaseUrl is set, and Segmind__ApiKey is not. Set the key, or neither to use the emulator.");

        var port = Ports.IsFree(options.EmulatorPort) ? options.EmulatorPort : 0;
        var emulator = await EmulatorServer.StartAsync(
            new EmulatorOptions
            {
                Urls = $"http://127.0.0.1:{port}",
                Speed = options.EmulatorSpeed,
                DataFolder = Path.Combine(options.DataFolder, "emulator"),
            },
            cancellationToken);
        var speed = options.EmulatorSpeed.ToString(CultureInfo.InvariantCulture);
        var description = $"Segmind emulated at {emulator.Url.GetLeftPart(UriPartial.Authority)}, {speed} times as fast, for free";
        return new DeskProvider(emulator, description, "set Segmind__ApiKey for the real one");
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => emulator?.DisposeAsync() ?? ValueTask.CompletedTask;
}
