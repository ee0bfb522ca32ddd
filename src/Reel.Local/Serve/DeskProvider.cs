using System.Globalization;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Configuration;
using Reel.Emulator;

namespace Reel.Local.Serve;

/// <summary>The provider: the real one when there is a key, else the emulator.</summary>
internal sealed class DeskProvider : IAsyncDisposable
{
    private const string Key = "Segmind:ApiKey";
    private const string BaseUrl = "Segmind:BaseUrl";

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
    public IEnumerable<KeyValuePair<string, string?>> Settings => emulator is null ? [] : [new(BaseUrl, emulator.Url.AbsoluteUri)];

    /// <summary>Its name for <see cref="DeskBinding"/>.</summary>
    public static string NameOf(IConfiguration settings) =>
        IsEmulated(settings) ? DeskBinding.Emulator : Uri.TryCreate(settings[BaseUrl], UriKind.Absolute, out var url) ? url.Host : "api.segmind.com";

    /// <summary>Settings that hold unless others are given: the emulator is fast and on this machine, and so, likely, is the webhook's receiver.</summary>
    /// <exception cref="StartException">It is not clear which provider is meant.</exception>
    public static IEnumerable<KeyValuePair<string, string?>> Defaults(IConfiguration settings) => !IsEmulated(settings) ? [] :
    [
        // Of the right form; it opens nothing.
        new(Key, "SG_0123456789abcdef"),
        new("Polling:Least", "00:00:00.5"),
        new("Polling:Most", "00:00:02"),
        new("Webhooks:AllowPrivateNetworks", "true"),
    ];

    /// <summary>Starts the emulator if no key is set.</summary>
    /// <exception cref="StartException">It cannot be started.</exception>
    public static async Task<DeskProvider> StartAsync(DeskOptions options, IConfiguration settings, CancellationToken cancellationToken)
    {
        if (!IsEmulated(settings))
            return new DeskProvider(null, $"Segmind at {settings[BaseUrl] ?? "https://api.segmind.com"}; renders are charged to your account");

        try
        {
            var emulator = await StartEmulatorAsync(options, cancellationToken);
            var speed = options.EmulatorSpeed.ToString(CultureInfo.InvariantCulture);
            var description = $"Segmind emulated at {emulator.Url.GetLeftPart(UriPartial.Authority)}, {speed} times as fast, for free";
            return new DeskProvider(emulator, description, "set Segmind__ApiKey, and another --data, for the real one");
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new StartException($"The emulated provider cannot start: {exception.Message}", exception);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => emulator?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static async Task<EmulatorServer> StartEmulatorAsync(DeskOptions options, CancellationToken cancellationToken)
    {
        Task<EmulatorServer> StartAtAsync(int port) => EmulatorServer.StartAsync(
            new EmulatorOptions
            {
                Urls = $"http://127.0.0.1:{port}",
                Speed = options.EmulatorSpeed,
                DataFolder = Path.Combine(options.DataFolder, DeskBinding.Emulator),
            },
            cancellationToken);

        try
        {
            return await StartAtAsync(options.EmulatorPort);
        }
        catch (IOException exception) when (exception.InnerException is AddressInUseException)
        {
            // Looking first whether it is free tells nothing: two that start at once both see that it is.
            return await StartAtAsync(0);
        }
    }

    private static bool IsEmulated(IConfiguration settings)
    {
        if (settings[Key] is not null) return false;
        return settings[BaseUrl] is null
            ? true
            : throw new StartException("Segmind__BaseUrl is set, and Segmind__ApiKey is not. Set the key, or neither to use the emulator.");
    }
}
