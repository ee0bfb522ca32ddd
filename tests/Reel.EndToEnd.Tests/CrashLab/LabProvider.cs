using Microsoft.AspNetCore.Http;
using Reel.EndToEnd.Tests.Desk;
using Reel.Emulator;

namespace Reel.EndToEnd.Tests.CrashLab;

/// <summary>The emulated provider behind a gate, faulty in a share of its answers.</summary>
internal sealed class LabProvider : IAsyncDisposable
{
    /// <summary>What a prompt has whose video takes two blocks.</summary>
    public const string Long = "[long]";

    /// <summary>What a prompt has whose render the provider fails.</summary>
    public const string Fails = "[fail]";

    private readonly Gate gate;

    private LabProvider(Gate gate, Provider provider)
    {
        this.gate = gate;
        Provider = provider;
    }

    /// <summary>Past the gate.</summary>
    public Provider Provider { get; }

    public Uri Url => gate.Url;

    public static async Task<LabProvider> StartAsync(LabOptions options, Traps traps)
    {
        var provider = await Provider.StartAsync(new EmulatorOptions
        {
            Urls = "http://127.0.0.1:0",
            Speed = options.Speed,
            Seed = options.Seed,
            ApiKeys = [Provider.ApiKey],
            Credits = 1_000_000_000m,

            // What was made is compared at the end.
            RecordLifetime = TimeSpan.FromDays(7),
        });
        var lab = new LabProvider(await Gate.StartAsync(traps, () => provider.Url, Judge, (_, _) => { }), provider);
        await provider.FaultsAsync([.. Shapes, .. LabFaults.Rules(options.Faults)]);
        return lab;
    }

    /// <summary>From here on it does as it should.</summary>
    public Task MendAsync() => Provider.FaultsAsync([.. Shapes]);

    public async ValueTask DisposeAsync()
    {
        await gate.DisposeAsync();
        await Provider.DisposeAsync();
    }

    private static IEnumerable<string> Shapes =>
        [$$"""{"where": "submit", "kind": "file_size", "bytes": 4400000, "prompt_contains": "{{Long}}"}"""];

    private static Moments Judge(Passage passage) => passage switch
    {
        { Method: "POST" } => new(Moment.SubmitArrives, Moment.SubmitTaken, Moment.SubmitAnswered),
        { Target: var path } when path.EndsWith("/status", StringComparison.Ordinal) => new(Moment.StatusArrives, null, null),
        { Target: var path } when path.StartsWith("/files/", StringComparison.Ordinal) => new(null, Moment.DownloadBegun, null),
        { Method: var method } when HttpMethods.IsGet(method) => new(null, null, Moment.ResultAnswered),
        _ => default,
    };
}
