using System.CommandLine;
using System.Globalization;
using Reel.EndToEnd.Tests.Desk;
using Reel.Hostile;

namespace Reel.EndToEnd.Tests.Api;

/// <summary>A long run of hostile requests by hand, with a look at the server's memory. See <c>tests/hostile</c>.</summary>
internal static class HostileCommand
{
    // Of managed memory: 192 MiB, in hex. What is kept of a request that is over would not fit for long; nor is there room to put off collecting.
    private const string HeapLimit = "C000000";

    /// <summary>What a desk has to have set, so that no exchange is long by design.</summary>
    public static (string Name, string? Value)[] Settings { get; } =
    [
        ("Api__Keys__desk", ApiHost.Desk), ("Api__Keys__shop", ApiHost.Shop), ("Api__SyncWait", "00:00:02"), ("Api__StreamLimit", "00:00:02"),
    ];

    public static Command Create()
    {
        var requests = new Option<int>("--requests") { Description = "How many are sent.", DefaultValueFactory = _ => 100_000 };
        var seed = new Option<int>("--seed") { Description = "Repeats the choices of an earlier run.", DefaultValueFactory = _ => Random.Shared.Next(1_000_000) };
        var command = new Command("hostile", "Sends random, malformed and hostile requests to a desk, and looks at every answer and at its memory.") { requests, seed };
        command.SetAction((parsed, _) => RunAsync(parsed.GetValue(requests), parsed.GetValue(seed)));
        return command;
    }

    private static async Task<int> RunAsync(int count, int seed)
    {
        await using var bench = await Bench.CreateAsync();
        var reel = await bench.StartAsync([.. Settings, ("DOTNET_GCHeapHardLimit", HeapLimit)]);
        Console.WriteLine($"seed {seed}; {MemoryOf(reel)} at the start");
        using var run = new HostileRun(reel.Url, ApiHost.Desk, ApiHost.Shop, seed);
        var report = await run.RunAsync(count, number => Console.WriteLine($"{number} requests; {MemoryOf(reel)}"));
        using var http = new HttpClient { BaseAddress = reel.Url };
        Console.WriteLine($"{report}\nhealth: {await http.GetStringAsync(new Uri("/healthz", UriKind.Relative))}; {MemoryOf(reel)} at the end");
        var complaints = Complaints(reel);
        if (complaints.Length > 0) Console.WriteLine($"{complaints.Length} lines of errors in the log, such as:\n{string.Join('\n', complaints.Take(20))}");
        return report.Faults.Count == 0 && complaints.Length == 0 ? 0 : 1;
    }

    /// <summary>What its log calls an error.</summary>
    public static string[] Complaints(ReelProcess reel) =>
        [.. reel.StandardError.Split('\n').Where(line => line.StartsWith("fail:", StringComparison.Ordinal) || line.StartsWith("crit:", StringComparison.Ordinal))];

    private static string MemoryOf(ReelProcess reel)
    {
        var status = $"/proc/{reel.Id}/status";
        if (!File.Exists(status)) return "memory not known here";
        var kibibytes = File.ReadLines(status).First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        return $"{int.Parse(kibibytes, CultureInfo.InvariantCulture) / 1024} MiB RSS";
    }
}
