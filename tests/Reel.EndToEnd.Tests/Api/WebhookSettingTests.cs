using System.Net;
using System.Text.Json.Nodes;
using Reel.Batches;
using Reel.EndToEnd.Tests.Azurite;
using Reel.Generations;
using Reel.Orchestration;

namespace Reel.EndToEnd.Tests.Api;

/// <summary>Webhooks of one key: where they go when none is named, and with what they can be verified.</summary>
public sealed class WebhookSettingTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    private const string Common = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
    private const string PrivateKey = "whsk_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    private const string PublicKey = "whpk_A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=";
    private const string Own = "https://desk.example/hook";
    private const string Named = "https://named.example/hook";

    private static readonly (string, string)[] Settings =
        [("Webhooks:Secret", Common), ("Webhooks:Keys:desk:Url", Own), ("Webhooks:Keys:desk:Secret", $"{PrivateKey} {Common}")];

    [Theory]
    [InlineData("""{"prompt": "a"}""", "", Own)]
    [InlineData("""{"prompt": "a", "webhook_url": null}""", "", Own)]
    [InlineData("""{"prompt": "a", "webhook_url": "https://named.example/hook"}""", "", Named)]
    [InlineData("""{"prompt": "a"}""", "?webhook_url=https://named.example/hook", Named)]
    [InlineData("""{"prompt": "a", "webhook_url": ""}""", "", null)]
    [InlineData("""{"prompt": "a", "webhook_url": ""}""", "?webhook_url=https://named.example/hook", null)]
    [InlineData("""{"prompt": "a"}""", "?webhook_url=", null)]
    public async Task A_request_that_names_no_webhook_has_its_keys_own(string body, string query, string? expected)
    {
        await using var pair = await ApiPair.StartAsync(azurite, Settings);

        var answer = await pair.PostAsync($"/v2/kling-2.6{query}", JsonNode.Parse(body)!.AsObject());

        var input = pair.Engine.Input(InstanceOf("desk", answer["request_id"]!));
        Assert.Equal(expected, input.WebhookUrl);
        Assert.Equal(expected is not null, input.WebhookSchedule is not null);
        Assert.Equal("desk", input.CallerId);
        Assert.Equal(expected is null ? null : true, input.WebhookOwnSecret);
    }

    [Fact]
    public async Task Other_keys_have_none()
    {
        await using var pair = await ApiPair.StartAsync(azurite, Settings);

        var answer = await pair.PostAsync("/v2/kling-2.6", new JsonObject { ["prompt"] = "a" }, caller: ApiPair.Shop);

        Assert.Null(pair.Engine.Input(InstanceOf("shop", answer["request_id"]!)).WebhookUrl);
    }

    [Theory]
    [InlineData(null, Own)]
    [InlineData("", null)]
    [InlineData(Named, Named)]
    public async Task So_has_a_batch(string? named, string? expected)
    {
        await using var pair = await ApiPair.StartAsync(azurite, Settings);
        var body = JsonNode.Parse("""{"requests": [{"model": "kling-2.6", "prompt": "a"}]}""")!.AsObject();
        if (named is not null) body["webhook_url"] = named;

        var answer = await pair.PostAsync("/v2/batches", body);

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        var instance = await pair.Engine.GetAsync(BatchIds.Instance("desk", answer["batch_id"]!));
        Assert.Equal(expected, OrchestrationJson.Read<BatchRequest>(instance!.Input)!.WebhookUrl);
    }

    [Fact]
    public async Task An_idempotency_key_stands_for_what_was_sent_whatever_the_default_has_become()
    {
        var body = new JsonObject { ["prompt"] = "a" };
        var key = Guid.NewGuid().ToString();
        string first;
        await using (var before = await ApiPair.StartAsync(azurite, Settings)) first = (await before.PostAsync("/v2/kling-2.6", body, key))["request_id"]!;
        await using var after = await ApiPair.StartAsync(azurite, [.. Settings.Where(setting => setting.Item2 != Own), ("Webhooks:Keys:desk:Url", "https://moved.example/hook")]);

        var again = await after.PostAsync("/v2/kling-2.6", body, key);
        var without = await after.PostAsync("/v2/kling-2.6", new JsonObject { ["prompt"] = "a", ["webhook_url"] = "" }, key);

        Assert.Equal((HttpStatusCode.OK, first), (again.Status, again["request_id"]));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, without.Status);
    }

    [Fact]
    public async Task Each_key_sees_the_public_halves_of_its_own_keys_and_nothing_secret()
    {
        await using var pair = await ApiPair.StartAsync(azurite, Settings);

        var desk = await pair.GetAsync("/v2/webhooks/keys");
        var shop = await pair.GetAsync("/v2/webhooks/keys", ApiPair.Shop);

        Assert.Equal($$"""{"public_keys":["{{PublicKey}}"]}""", desk.Body!.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
        Assert.Equal("""{"public_keys":[]}""", shop.Body!.ToJsonString());
        Assert.Equal(HttpStatusCode.Unauthorized, (await pair.GetAsync("/v2/webhooks/keys", "a-key-that-nobody-was-given")).Status);
    }

    [Fact]
    public async Task A_host_header_that_would_swell_every_webhook_is_refused()
    {
        await using var pair = await ApiPair.StartAsync(azurite, Settings);
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(pair.Url, "/v2/kling-2.6")) { Headers = { { "x-api-key", ApiPair.Desk } } };
        request.Headers.TryAddWithoutValidation("Host", string.Join('.', Enumerable.Repeat(new string('h', 60), 10)));
        request.Content = new StringContent("""{"prompt": "a"}""", null, "application/json");

        using var answer = await http.SendAsync(request);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Empty(pair.Engine.Started);
    }

    private static string InstanceOf(string caller, string requestId) => InstanceIds.Of(caller, requestId);
}
