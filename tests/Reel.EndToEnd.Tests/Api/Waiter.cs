using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Reel.Generations;

namespace Reel.EndToEnd.Tests.Api;

/// <summary>Two hosts on one engine and one fast clock, a request, and somebody who waits for it.</summary>
internal sealed class Waiter : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ApiHost[] hosts;
    private readonly HttpClient[] clients;

    private Waiter(FastTime time, MemoryEngine engine, ApiHost[] hosts)
    {
        (Time, Engine, this.hosts) = (time, engine, hosts);
        clients = [.. hosts.Select(host => new HttpClient { BaseAddress = host.Url, Timeout = Patience, DefaultRequestHeaders = { { "x-api-key", ApiHost.Desk } } })];
    }

    public FastTime Time { get; }

    public MemoryEngine Engine { get; }

    public ApiHost Host => hosts[0];

    public HttpClient Http => clients[0];

    /// <summary>Of the other host.</summary>
    public HttpClient Other => clients[1];

    public string Id { get; private set; } = "";

    public static async Task<Waiter> StartAsync(params (string Name, string Value)[] settings)
    {
        var time = new FastTime();
        var engine = new MemoryEngine(time);
        var waiter = new Waiter(time, engine, [await ApiHost.StartAsync(time, engine, settings), await ApiHost.StartAsync(time, engine, settings)]);
        using var submitted = await waiter.Http.PostAsJsonAsync("/v2/kling-2.6", new { prompt = "a watched pot" });
        waiter.Id = (string)(await submitted.Content.ReadFromJsonAsync<JsonNode>())!["request_id"]!;
        return waiter;
    }

    public void Advance(GenerationState state) => Engine.Advance(InstanceIds.Of("desk", Id), state);

    public void Render() => Advance(new GenerationState(GenerationStatus.Processing, Stage.Rendering, SubmittedAt: Time.GetUtcNow()));

    public void Fail() => Engine.Fail(InstanceIds.Of("desk", Id), ErrorCodes.ProviderFailed, Charged.No);

    public async Task<(HttpStatusCode Status, JsonNode Body)> GetAsync(string path)
    {
        using var answer = await Http.GetAsync($"/v2/requests/{Id}{path}");
        return (answer.StatusCode, (await answer.Content.ReadFromJsonAsync<JsonNode>())!);
    }

    /// <summary>Opens the stream of events.</summary>
    public async Task<EventReader> ListenAsync(HttpClient client, string? lastEventId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v2/requests/{Id}/events");
        if (lastEventId is not null) request.Headers.Add("Last-Event-ID", lastEventId);
        return new EventReader(await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in clients) client.Dispose();
        foreach (var host in hosts) await host.DisposeAsync();
    }
}
