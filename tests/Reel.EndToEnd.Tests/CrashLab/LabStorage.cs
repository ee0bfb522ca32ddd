using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Azure.Storage.Blobs;
using Microsoft.AspNetCore.Http;
using Reel.EndToEnd.Tests.Azurite;
using Reel.Generations;
using Reel.Local.Azurite;
using Reel.Orchestration;
using Reel.Records;

namespace Reel.EndToEnd.Tests.CrashLab;

/// <summary>An Azurite of the lab's own behind a gate, so that it keeps its address however often it dies.</summary>
internal sealed class LabStorage : IAsyncDisposable
{
    // More than any answer to a submit may take.
    private static readonly TimeSpan Age = TimeSpan.FromMinutes(5);

    private readonly string package;
    private readonly string folder = TestFolder.Create();
    private readonly ConcurrentDictionary<string, bool> unanswered = new();
    private Gate gate = null!;
    private AzuriteServer server = null!;

    private LabStorage(string package) => this.package = package;

    /// <summary>Of the gate.</summary>
    public string ConnectionString => AzuriteServer.ConnectionStringFor(gate.Url.Port);

    public static async Task<LabStorage> StartAsync(Traps traps)
    {
        var storage = new LabStorage(await AzuriteFixture.InstallAsync());
        storage.server = await AzuriteServer.StartAsync(storage.package, storage.folder, preferredPort: 0);
        storage.gate = await Gate.StartAsync(traps, () => new Uri($"http://127.0.0.1:{storage.server.Port}"), Judge, storage.Note);
        return storage;
    }

    /// <summary>kill -9</summary>
    public async Task KillAsync()
    {
        using (var process = Process.GetProcessById(server.ProcessId)) process.Kill();
        await server.Exited;
    }

    /// <summary>Starts it again on the same data.</summary>
    public async Task RestartAsync()
    {
        await server.DisposeAsync();
        server = await AzuriteServer.StartAsync(package, folder, preferredPort: 0);
    }

    /// <summary>Lets all submits that are without an answer look old. For when no Reel runs: it takes the place of waiting.</summary>
    public async Task AgeAsync()
    {
        await Wait.UntilAsync(() => !gate.IsBusy, "the storage to be left alone", seconds: 60);
        var records = new RecordStore(new BlobServiceClient(server.ConnectionString));
        foreach (var name in unanswered.Keys)
        {
            if (await records.ReadAsync<SubmissionRecord>(name) is { Value: { Answer: null } record } found)
                await records.ReplaceAsync(name, record with { StartedAt = record.StartedAt - Age }, found.ETag);
            unanswered.TryRemove(name, out _);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await gate.DisposeAsync();
        await server.DisposeAsync();
    }

    private static Moments Judge(Passage passage)
    {
        if (passage.Method != HttpMethods.Put) return default;
        if (Has(passage, "comp=blocklist")) return new(Moment.ListArrives, Moment.ListWritten, Moment.ListAcknowledged);
        if (Has(passage, "comp=block")) return new(Moment.BlockArrives, Moment.BlockWritten, null);
        if (Has(passage, "/idempotency/")) return new(Moment.KeyArrives, Moment.KeyWritten, Moment.KeyAcknowledged);
        if (SubmissionIn(passage) is not { } record) return default;
        return record.Answer is null
            ? new(Moment.ClaimArrives, Moment.ClaimWritten, null)
            : new(Moment.AnswerArrives, Moment.AnswerWritten, Moment.AnswerAcknowledged);
    }

    private void Note(Passage passage, int status)
    {
        if (status != StatusCodes.Status201Created || SubmissionIn(passage) is not { } record) return;
        var path = Uri.UnescapeDataString(passage.Target);
        var name = path[path.IndexOf("submissions/", StringComparison.Ordinal)..].Split('?')[0];
        if (record.Answer is null) unanswered[name] = true;
        else unanswered.TryRemove(name, out _);
    }

    private static SubmissionRecord? SubmissionIn(Passage passage) => passage.Method == HttpMethods.Put && Has(passage, "/submissions/")
        ? OrchestrationJson.Read<SubmissionRecord>(Encoding.UTF8.GetString(passage.Body))
        : null;

    private static bool Has(Passage passage, string part) => passage.Target.Contains(part, StringComparison.Ordinal);
}
