using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Azure.Core;
using Azure.Storage.Blobs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Reel.Api;
using Reel.Generations;
using Reel.Local.Engine;
using Reel.Local.Engine.History;
using Reel.Local.Engine.Store;
using Reel.Orchestration;
using Reel.Records;
using Reel.Segmind;
using Reel.Storage;
using Reel.Tests.Engine;
using Reel.Webhooks;

namespace Reel.Tests.Costs;

/// <summary>A desk with the API, the engine on its file and real blob storage, that counts what each request costs from the call to the last commit.</summary>
internal sealed class CostDesk : IAsyncDisposable
{
    private const string Caller = "desk";
    private const string Key = "desk-key-of-sixteen-characters";

    private readonly TempFolder folder = new();
    private readonly BlobTally blobs = new(RecordStore.Container);
    private readonly JumpTime time = new(new DateTimeOffset(2026, 11, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly Outside outside;
    private readonly WebApplication app;
    private readonly HttpClient http;
    private StoreConnection? writer;
    private long rowsBefore;
    private int commits;
    private long rows;
    private int hooks;

    private CostDesk(Outside outside, string storage)
    {
        this.outside = outside;
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.Logging.ClearProviders();
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            [$"Api:Keys:{Caller}"] = Key,
            ["Api:PublicUrl"] = "https://reel.example",
            ["AzureWebJobsStorage"] = storage,
            ["Segmind:ApiKey"] = "SG_0123456789abcdef",
            ["Segmind:BaseUrl"] = outside.Origin.AbsoluteUri,
            ["Webhooks:Secret"] = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
            ["Webhooks:AllowPrivateNetworks"] = "true",
        });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var client = StorageServices.ClientOptions();
        client.AddPolicy(blobs, HttpPipelinePosition.PerCall);
        builder.Services
            .AddSingleton<TimeProvider>(time)
            .AddSingleton<ISegmindClient>(outside)
            .AddSingleton(new BlobServiceClient(storage, client))
            .AddReel(builder.Configuration)
            .AddEmbeddedEngine(ReelServices.CreateCatalog(), Watch);
        app = builder.Build();
        app.UseReelApi();
        http = new HttpClient { DefaultRequestHeaders = { { "x-api-key", Key } } };
    }

    /// <summary>Starts it, and lets one request through that finds no containers yet.</summary>
    public static async Task<CostDesk> StartAsync(string storage)
    {
        var desk = new CostDesk(await Outside.StartAsync(), storage);
        await desk.app.StartAsync();
        desk.http.BaseAddress = new Uri(desk.app.Urls.Single());
        await desk.RunAsync(checks: 1, webhook: true, key: "first");
        return desk;
    }

    /// <summary>Has a request rendered, saved and told.</summary>
    /// <param name="checks">At which check it is done; 1 for the first.</param>
    /// <param name="webhook">It has one, at an endpoint of its own.</param>
    /// <param name="refusals">How many attempts that one refuses.</param>
    /// <param name="key">Its idempotency key; null for none.</param>
    /// <param name="isRepetition">With the key of a request that is final: it is only answered.</param>
    public async Task<DeskCost> RunAsync(int checks = 2, bool webhook = false, int refusals = 0, string? key = null, int videoBytes = 1_000_000, bool isRepetition = false)
    {
        outside.Prepare(checks, refusals, videoBytes);
        if (!isRepetition) await BeginAnewAsync();
        blobs.Take();
        (commits, rows) = (0, 0);

        var requestId = await SubmitAsync(webhook ? outside.Hook(isRepetition ? hooks : ++hooks) : null, key);
        var instance = InstanceIds.Of(Caller, requestId);
        var client = app.Services.GetRequiredService<IOrchestrationClient>();
        OrchestrationInstance? found = null;
        await Until.TrueAsync(async () => (found = await client.GetAsync(instance))?.Status >= RuntimeStatus.Completed, () => $"{found}");
        Assert.Equal((RuntimeStatus.Completed, GenerationStatus.Completed), (found!.Status, OrchestrationJson.Read<GenerationState>(found.Output)!.Status));

        var counted = new DeskCost(0, commits, (int)rows, 0, 0, blobs.Take());
        if (isRepetition) return counted;

        var (turns, kept) = ReadHistories([instance, InstanceIds.OfDelivery(Caller, requestId, WebhookTypes.VideoCompleted)]);
        return counted with { Actions = DeskCost.ActionsIn(turns), Events = DeskCost.EventsIn(turns), Kept = kept };
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await app.DisposeAsync();
        await outside.DisposeAsync();
        folder.Dispose();
    }

    private void Watch(EngineOptions engine)
    {
        engine.DataFolder = folder.Path;
        engine.Faults.MaxCommitsPerTransaction = 1;
        engine.Faults.BeforeBegin = connection => (writer, rowsBefore) = (connection, RowsSoFar(connection));
        engine.Faults.BeforeCommit = () =>
        {
            commits++;
            rows += RowsSoFar(writer!) - rowsBefore;
        };
    }

    /// <summary>What was noted of earlier requests is not to show in what this one costs.</summary>
    private async Task BeginAnewAsync()
    {
        time.JumpToNextDay();
        var records = app.Services.GetRequiredService<RecordStore>();
        await foreach (var record in records.ListVersionsAsync("")) await records.DeleteAsync(record);
    }

    private static long RowsSoFar(StoreConnection connection) => connection.Scalar("SELECT total_changes()");

    private async Task<string> SubmitAsync(string? hook, string? key)
    {
        var body = new JsonObject { ["prompt"] = new string('p', 200), ["duration"] = 5 };
        if (hook is not null) body["webhook_url"] = hook;
        if (key is not null) body["idempotency_key"] = key;
        using var response = await http.PostAsJsonAsync("/v2/kling-2.6", body);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return (string)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["request_id"]!;
    }

    private (List<Turn> Turns, long Kept) ReadHistories(IReadOnlyList<string> instances)
    {
        using var connection = StoreConnection.Open(folder.Database, readOnly: true);
        List<Turn> turns = [];
        var kept = 0L;
        foreach (var instance in instances)
        {
            using var history = connection.PrepareOnce("SELECT data FROM history WHERE instance = (SELECT key FROM instances WHERE id = ?) ORDER BY turn");
            history.With(instance);
            while (history.Step())
            {
                kept += history.Blob(0).Length;
                turns.Add(Turn.FromJson(history.Blob(0)));
            }

            using var row = connection.PrepareOnce(
                "SELECT length(CAST(input AS BLOB)) + length(CAST(custom_status AS BLOB)) + length(CAST(output AS BLOB)) FROM instances WHERE id = ?");
            row.With(instance);
            while (row.Step()) kept += row.Long(0);
        }

        return (turns, kept);
    }
}
