using System.Diagnostics;
using System.Text.Json.Nodes;
using Reel.Benchmarks.Calls;
using Reel.Benchmarks.Flight;
using Reel.Benchmarks.Processes;
using Reel.Local.Engine.Store;
using Reel.Models;

namespace Reel.Benchmarks.List;

/// <summary>
/// Lists and usage of a caller with 100,000 finished requests of 25 days, beside another with a tenth of that. One call after the other, each
/// followed by one to a server that does nothing.
/// </summary>
internal sealed class ListBenchmark : IBenchmark
{
    private const int Requests = 100_000;
    private const int PageSize = 100;
    private const int Repeats = 100;
    private const string Caller = "studio";
    private const string Neighbour = "neighbour";
    private const string Key = "the-key-of-the-studio";
    private const string Common = "kling-2.6";
    private const string Second = "kling-1.6-text2video";
    private const string Rare = "kling-1.6-image2video";
    private const int RareOneIn = 1_000;
    private static readonly TimeSpan Span = TimeSpan.FromDays(25);

    public string Name => "list";

    public string Description => "Lists and usage of a caller with 100,000 finished requests.";

    public async Task<IReadOnlyList<Figure>> RunAsync(BenchmarkRun run, CancellationToken cancellationToken)
    {
        var count = run.Scaled(Requests);
        await using var around = await Surroundings.StartAsync(run.Folder, speed: 500, cancellationToken);
        var originals = await RunOriginalsAsync(around, cancellationToken);
        run.Say($"filling the store with {count:#,0} requests");
        var newest = DateTimeOffset.UtcNow;
        var file = Path.Combine(around.DataFolder, "engine.db");
        Fill(file, originals, count, newest);
        run.Say($"{new FileInfo(file).Length >> 20:#,0} MiB");

        var (desk, url) = await around.ServeAsync(cancellationToken, Keys);
        await using var running = desk;
        await using var server = await NothingServer.StartAsync();
        using var caller = new ApiClient(url, 1, Key);
        using var other = new ApiClient(server.Url, 1);
        var pages = new PageTimes(caller, other, desk.Id);

        var figures = new List<Figure>();
        run.Say("usage");
        await caller.IsFoundAsync("/healthz", cancellationToken);
        figures.AddRange(await pages.RepeatAsync("usage_first", "/v2/usage", 1, null, cancellationToken));
        figures.AddRange(await pages.RepeatAsync("usage_later", "/v2/usage", 10, null, cancellationToken));
        var middle = newest - Span / 2;
        var (since, until) = (Uri.EscapeDataString($"{middle - TimeSpan.FromDays(1):O}"), Uri.EscapeDataString($"{middle:O}"));
        (string Name, string Filter)[] lists =
        [
            ("all", ""),
            ("status_completed", "status=COMPLETED"),
            ("status_failed", "status=FAILED"),
            ("status_processing", "status=PROCESSING"),
            ("status_queued", "status=QUEUED"),
            ("model_common", $"model={Common}"),
            ("model_rare", $"model={Rare}"),
            ("model_of_none", "model=no-such-model"),
            ("status_failed_of_common", $"status=FAILED&model={Common}"),
            ("status_failed_of_rare", $"status=FAILED&model={Rare}"),
            ("day_in_the_middle", $"since={since}&until={until}"),
            ("before_the_last_hour", $"until={Uri.EscapeDataString($"{newest - Span + TimeSpan.FromHours(1):O}")}"),
            ("model_rare_of_a_day", $"model={Rare}&since={since}&until={until}"),
        ];
        foreach (var (name, filter) in lists)
        {
            run.Say(name);
            figures.AddRange(await pages.RepeatAsync($"{name}_first_page", $"/v2/requests?limit={PageSize}&{filter}", run.Scaled(Repeats), Target.Below(20), cancellationToken));
            figures.AddRange(await pages.WalkAsync($"{name}_walk", $"/v2/requests?limit={PageSize}&{filter}", Target.Below(20), cancellationToken));
        }

        return figures;
    }

    private static (string, string?)[] Keys => [($"Api__Keys__{Caller}", Key), ($"Api__Keys__{Neighbour}", "the-key-of-the-neighbour")];

    /// <summary>Requests as they really run: of each model one that is completed and one that is cancelled, in this order.</summary>
    private static async Task<List<string>> RunOriginalsAsync(Surroundings around, CancellationToken cancellationToken)
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var (desk, url) = await around.ServeAsync(cancellationToken, Keys);
        await using var running = desk;
        using var caller = new ApiClient(url, 1, Key);
        List<string> ids = [];
        foreach (var model in (string[])[Common, Common, Second, Second, Rare, Rare])
        {
            var body = JsonNode.Parse(ModelCatalog.Find(model)!.Example.GetRawText())!.AsObject();
            var id = await caller.SubmitAsync(model, body, receiver.Url, null, cancellationToken) ?? throw new InvalidOperationException($"{model} was refused.");
            if (ids.Count % 2 == 1) await caller.CancelAsync(id, cancellationToken);
            ids.Add(id);
        }

        var watch = Stopwatch.StartNew();
        using var store = StoreConnection.Open(Path.Combine(around.DataFolder, "engine.db"), readOnly: true);
        while (!ids.All(receiver.All.ContainsKey) || store.Scalar("SELECT count(*) FROM instances WHERE status < 2") > 0)
        {
            if (watch.Elapsed > TimeSpan.FromMinutes(2)) throw new InvalidOperationException($"The first requests do not end: {desk.Errors}");
            await Task.Delay(100, cancellationToken);
        }

        await desk.StopAsync(cancellationToken);
        return ids;
    }

    /// <param name="originals">Common, second and rare model, each completed and cancelled.</param>
    private static void Fill(string file, List<string> originals, int count, DateTimeOffset newest)
    {
        using var connection = StoreConnection.Open(file, readOnly: false);
        var store = new FilledStore(connection);
        var requests = originals.Select(id => (Id: id, Instances: store.Read(id))).ToList();
        connection.Execute("PRAGMA synchronous = OFF");
        connection.Execute("BEGIN");
        for (var number = 0; number < count; number++)
        {
            var acceptedAt = newest - Span * ((count - number) / (double)count);
            var model = number % RareOneIn == 7 ? 2 : number % 5 == 0 ? 1 : 0;
            var isCanceled = number % (model == 2 ? 2 * RareOneIn : 50) == 7;
            var request = requests[(2 * model) + (isCanceled ? 1 : 0)];
            store.Add(request.Instances, (Caller, request.Id), Caller, acceptedAt);
            if (number % 10 == 0) store.Add(request.Instances, (Caller, request.Id), Neighbour, acceptedAt);
        }

        connection.Execute("COMMIT");
        connection.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
    }
}
