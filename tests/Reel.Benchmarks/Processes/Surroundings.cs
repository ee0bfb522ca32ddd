using System.Globalization;
using Reel.Local.Azurite;

namespace Reel.Benchmarks.Processes;

/// <summary>What a desk needs around it, as processes of their own: Azurite and the emulated provider.</summary>
internal sealed class Surroundings : IAsyncDisposable
{
    /// <summary>What webhooks are signed with.</summary>
    public const string WebhookSecret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

    private static readonly Dictionary<string, string?> NoSettings = [];

    private readonly string folder;
    private readonly AzuriteServer azurite;
    private readonly ChildProcess emulator;

    private Surroundings(string folder, AzuriteServer azurite, ChildProcess emulator, Uri emulatorUrl)
    {
        this.folder = folder;
        this.azurite = azurite;
        this.emulator = emulator;
        EmulatorUrl = emulatorUrl;
    }

    public int AzuriteId => azurite.ProcessId;

    public int EmulatorId => emulator.Id;

    public Uri EmulatorUrl { get; }

    /// <summary>Of Azurite.</summary>
    public string Storage => azurite.ConnectionString;

    /// <summary>Starts both.</summary>
    /// <param name="speed">How many times faster than the models' typical times renders are.</param>
    public static async Task<Surroundings> StartAsync(string folder, double speed, CancellationToken cancellationToken)
    {
        var package = await AzuriteInstaller.ForUser(folder).InstallAsync(null, cancellationToken);
        var azurite = await AzuriteServer.StartAsync(package, Path.Combine(folder, "azurite"), preferredPort: 0, cancellationToken: cancellationToken);
        try
        {
            string[] arguments = ["--urls", "http://127.0.0.1:0", "--seed", "7", "--speed", speed.ToString(CultureInfo.InvariantCulture)];
            var (emulator, line) = await ChildProcess.StartAsync("Reel.Emulator", arguments, NoSettings, cancellationToken);
            return new Surroundings(folder, azurite, emulator, new Uri(line.Split(' ')[^1]));
        }
        catch
        {
            await azurite.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a desk on them, with its data in <see cref="DataFolder"/>.</summary>
    public async Task<(ChildProcess Process, Uri Url)> ServeAsync(CancellationToken cancellationToken, params (string Name, string? Value)[] more)
    {
        var settings = new Dictionary<string, string?>
        {
            ["AzureWebJobsStorage"] = azurite.ConnectionString,
            ["Segmind__ApiKey"] = "SG_00112233aabbccdd",
            ["Segmind__BaseUrl"] = EmulatorUrl.AbsoluteUri,
            ["Webhooks__Secret"] = WebhookSecret,
            ["Webhooks__AllowPrivateNetworks"] = "true",
        };
        foreach (var (name, value) in more) settings[name] = value;
        string[] arguments = ["serve", "--urls", "http://127.0.0.1:0", "--storage-port", "0", "--data", DataFolder];
        var (process, line) = await ChildProcess.StartAsync("Reel.Local", arguments, settings, cancellationToken);

        // "Reel      http://127.0.0.1:41234, with its data in …"
        return (process, new Uri(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1].TrimEnd(',')));
    }

    public string DataFolder => Path.Combine(folder, "desk");

    public async ValueTask DisposeAsync()
    {
        await emulator.DisposeAsync();
        await azurite.DisposeAsync();
    }
}
