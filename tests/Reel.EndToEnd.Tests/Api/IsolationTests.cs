using System.Buffers.Text;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Reel.Api;
using Reel.EndToEnd.Tests.Desk;
using Reel.Orchestration;

namespace Reel.EndToEnd.Tests.Api;

/// <summary>
/// No caller can see, cancel, replay or do anything else to what is another's, whatever it guesses. Each route of the API has a case in here, and a new one
/// without a case fails <see cref="Every_route_has_a_case"/>.
/// </summary>
public sealed class IsolationTests(IsolationDesk desk) : IClassFixture<IsolationDesk>
{
    /// <summary>Routes that say the same to everybody.</summary>
    private static readonly string[] Public = ["GET /v2/models", "GET /v2/models/{model}", "GET /healthz", "GET /openapi.json", "GET /docs", "GET /", "GET /page/{version}/{file}"];

    /// <summary>A case for each of the others.</summary>
    private static readonly Dictionary<string, Func<IsolationDesk, Task>> Cases = new(StringComparer.Ordinal)
    {
        ["POST /v2/{model}"] = desk => AnotherKeyOfTheSameNameAsync(desk, "/v2/kling-2.6"),
        ["POST /v2/batches"] = AnotherBatchKeyOfTheSameNameAsync,
        ["GET /v2/requests"] = desk => ListAsync(desk, "/v2/requests"),
        ["GET /v2/batches"] = desk => ListAsync(desk, "/v2/batches"),
        ["GET /v2/batches/{id}"] = desk => NotFoundAsync(desk, "GET", "/v2/batches/{id}"),
        ["GET /v2/batches/{id}/requests"] = desk => NotFoundAsync(desk, "GET", "/v2/batches/{id}/requests"),
        ["POST /v2/batches/{id}/cancel"] = desk => NotFoundAsync(desk, "POST", "/v2/batches/{id}/cancel"),
        ["GET /v2/requests/{id}/deliveries"] = desk => NotFoundAsync(desk, "GET", "/v2/requests/{id}/deliveries"),
        ["POST /v2/requests/{id}/deliveries/redeliver"] = desk => NotFoundAsync(desk, "POST", "/v2/requests/{id}/deliveries/redeliver"),
        ["GET /v2/batches/{id}/deliveries"] = desk => NotFoundAsync(desk, "GET", "/v2/batches/{id}/deliveries"),
        ["POST /v2/batches/{id}/deliveries/redeliver"] = desk => NotFoundAsync(desk, "POST", "/v2/batches/{id}/deliveries/redeliver"),
        ["GET /v2/webhooks/endpoints"] = desk => ListAsync(desk, "/v2/webhooks/endpoints"),
        ["POST /v2/webhooks/endpoints/resume"] = ResumeAsync,
        ["GET /v2/usage"] = UsageAsync,
        ["GET /v2/webhooks/keys"] = WebhookKeysAsync,
        ["POST /v1/{model}"] = desk => AnotherKeyOfTheSameNameAsync(desk, "/v1/kling-2.6"),
        ["GET /v1/requests/{id}"] = desk => NotFoundAsync(desk, "GET", "/v1/requests/{id}"),
        ["GET /v2/requests/{id}/events"] = desk => NotFoundAsync(desk, "GET", "/v2/requests/{id}/events"),
        ["GET /v2/requests/{id}"] = desk => NotFoundAsync(desk, "GET", "/v2/requests/{id}"),
        ["DELETE /v2/requests/{id}"] = desk => NotFoundAsync(desk, "DELETE", "/v2/requests/{id}"),
        ["GET /v2/requests/{id}/status"] = desk => NotFoundAsync(desk, "GET", "/v2/requests/{id}/status"),
        ["GET /v2/requests/{id}/video"] = desk => NotFoundAsync(desk, "GET", "/v2/requests/{id}/video"),
        ["POST /v2/requests/{id}/cancel"] = desk => NotFoundAsync(desk, "POST", "/v2/requests/{id}/cancel"),
        ["POST /v2/requests/{id}/resubmit"] = desk => NotFoundAsync(desk, "POST", "/v2/requests/{id}/resubmit"),
    };

    public static TheoryData<string> Routes => [.. Cases.Keys];

    [Fact]
    public async Task Every_route_has_a_case()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddSingleton<IOrchestrationClient>(new MemoryEngine(TimeProvider.System)).AddReel(builder.Configuration);
        await using var app = builder.Build();
        app.MapReel();

        var routes = ((IEndpointRouteBuilder)app).DataSources
            .SelectMany(source => source.Endpoints)
            .OfType<RouteEndpoint>()
            .SelectMany(route => route.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods
                .Where(method => method != "HEAD")
                .Select(method => $"{method} {route.RoutePattern.RawText}"));

        Assert.Equal(routes.Order(StringComparer.Ordinal), Cases.Keys.Concat(Public).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Nothing_of_anothers_can_be_reached(string route)
    {
        var before = await StandAsync();

        await Cases[route](desk);

        Assert.Equal(before, await StandAsync());
    }

    /// <summary>A route that takes an id: whatever is tried, it is as if there were nothing of that id.</summary>
    private static async Task NotFoundAsync(IsolationDesk desk, string method, string path)
    {
        foreach (var id in desk.Ids.Append(desk.Batch))
        {
            string[] guesses =
            [
                id, id.ToUpperInvariant(), $"{{{id}}}", id.Replace("-", "", StringComparison.Ordinal), $"owner_{id}", $"owner%5F{id}", $"_owner_{id}", $"__owner_{id}",
                $"..%2Fowner_{id}", $"../owner_{id}", $"{id}%7F", $"%20{id}", $"{id}%20", $"{id}?caller=owner", $"{id}%2F..%2F{id}",
            ];
            foreach (var guess in guesses)
            {
                var answer = await desk.AsStrangerAsync(method, path.Replace("{id}", guess, StringComparison.Ordinal), null, ("X-Forwarded-User", "owner"));
                Assert.True(answer.Status is HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed, $"{guess}: {(int)answer.Status} {answer.Body}");
                Assert.Contains(answer["error_code"], (string[])["not_found", "method_not_allowed"]);
                AssertNothingOf(desk, answer, guess);
            }
        }
    }

    /// <summary>The owner's idempotency key, sent by the stranger, is another key: with the same parameters and with others.</summary>
    private static async Task AnotherKeyOfTheSameNameAsync(IsolationDesk desk, string path)
    {
        foreach (var key in (string[])[desk.IdempotencyKey, $"owner/{desk.IdempotencyKey}", $"../owner/{desk.IdempotencyKey}"])
        {
            var answer = await desk.AsStrangerAsync("POST", path, OwnersBody(), ("Idempotency-Key", key), Json);
            Assert.True(answer.Status == HttpStatusCode.OK, $"{(int)answer.Status} {answer.Body}");
            Assert.DoesNotContain(answer["request_id"], desk.Ids);
        }

        var other = OwnersBody();
        other["prompt"] = $"else by {path}";
        Assert.Equal(HttpStatusCode.OK, (await desk.AsStrangerAsync("POST", path, other, ("Idempotency-Key", $"other of {path}"), Json)).Status);
        Assert.Equal(desk.Done, (await desk.AsOwnerAsync("POST", path, OwnersBody(), ("Idempotency-Key", desk.IdempotencyKey), Json))["request_id"]);

        static JsonObject OwnersBody() => new() { ["prompt"] = IsolationDesk.Secret, ["metadata"] = new JsonObject { ["note"] = IsolationDesk.Secret } };
    }

    private static async Task AnotherBatchKeyOfTheSameNameAsync(IsolationDesk desk)
    {
        var item = new JsonObject { ["model"] = "kling-2.6", ["prompt"] = "a batch" };
        var answer = await desk.AsStrangerAsync("POST", "/v2/batches", new JsonObject { ["requests"] = new JsonArray(item) }, ("Idempotency-Key", desk.IdempotencyKey));

        Assert.Equal((HttpStatusCode.OK, false), (answer.Status, answer.Headers.Contains("Idempotent-Replayed")));
        Assert.NotEqual(desk.Batch, answer["batch_id"]);
        AssertNothingOf(desk, answer, desk.IdempotencyKey);
    }

    /// <summary>The owner's cursors, and those that one can make up who knows how they are made.</summary>
    private static async Task ListAsync(IsolationDesk desk, string path)
    {
        var theirs = (await desk.AsOwnerAsync("GET", "/v2/requests?limit=1"))["next_cursor"]!;
        var token = Decode(theirs);
        Assert.StartsWith("owner~", token, StringComparison.Ordinal);

        string[] ids =
        [
            "owner_", $"owner_{desk.Done}", "owner", "", " ", "\0", "stranger", "stranger_", "stranger\u007f", $"stranger_{desk.Done}", "_", "__", "__owner_",
            $"__owner_{desk.Batch}", "__stranger_", "\U0010FFFF",
        ];
        string[] cursors =
        [
            theirs, Encode(token.Replace("owner~", "stranger~", StringComparison.Ordinal)), Encode("stranger~"), Encode("~"),
            .. ids.Select(id => Encode($"stranger~{Convert.ToBase64String(Encoding.UTF8.GetBytes(id))}")),
            .. ids.Select(id => Encode($"stranger~{id}")),
        ];
        foreach (var query in (string[])["", "&status=COMPLETED", "&caller=owner", "&prefix=owner_"])
        {
            AssertNothingOf(desk, await desk.AsStrangerAsync("GET", $"{path}?limit=100{query}"), query);
            foreach (var cursor in cursors)
            {
                var answer = await desk.AsStrangerAsync("GET", $"{path}?limit=100{query}&cursor={cursor}");
                Assert.True(answer.Status is HttpStatusCode.OK or HttpStatusCode.BadRequest, $"{Decode(cursor)}: {(int)answer.Status} {answer.Body}");
                AssertNothingOf(desk, answer, cursor);
            }
        }
    }

    private static async Task ResumeAsync(IsolationDesk desk)
    {
        Assert.Contains(IsolationDesk.DeadUrl, (await desk.AsOwnerAsync("GET", "/v2/webhooks/endpoints")).Body!["endpoints"]!.AsArray().Select(one => (string?)one!["url"]));

        var answer = await desk.AsStrangerAsync("POST", "/v2/webhooks/endpoints/resume", new JsonObject { ["url"] = IsolationDesk.DeadUrl, ["redeliver"] = true });

        Assert.Equal((HttpStatusCode.NotFound, "not_found"), (answer.Status, answer["error_code"]));
        Assert.Contains(IsolationDesk.DeadUrl, (await desk.AsOwnerAsync("GET", "/v2/webhooks/endpoints")).Body!["endpoints"]!.AsArray().Select(one => (string?)one!["url"]));
    }

    private static async Task WebhookKeysAsync(IsolationDesk desk)
    {
        var mine = (await desk.AsOwnerAsync("GET", "/v2/webhooks/keys")).Body!["public_keys"]!.AsArray();
        var theirs = (await desk.AsStrangerAsync("GET", "/v2/webhooks/keys")).Body!["public_keys"]!.AsArray();

        Assert.Equal(IsolationDesk.OwnersPublicKey, (string?)Assert.Single(mine));
        Assert.Empty(theirs);
    }

    private static async Task UsageAsync(IsolationDesk desk)
    {
        var mine = (await desk.AsOwnerAsync("GET", "/v2/usage")).Body!["total"]!;
        Assert.Equal((4, 1.75m), ((int)mine["requests"]!, (decimal)mine["cost_usd"]!));

        foreach (var query in (string[])["", "?caller=owner", "?since=../owner"])
        {
            var theirs = await desk.AsStrangerAsync("GET", $"/v2/usage{query}");
            var list = (await desk.AsStrangerAsync("GET", "/v2/requests?limit=100")).Body!["requests"]!.AsArray().Count;
            if (theirs.Status != HttpStatusCode.BadRequest) Assert.Equal(list, (int)theirs.Body!["total"]!["requests"]!);
        }
    }

    /// <summary>All that the owner sees of what is its own, but for what is made anew each time.</summary>
    private async Task<string> StandAsync()
    {
        var stand = new StringBuilder();
        foreach (var id in desk.Ids)
        {
            var body = (JsonObject)(await desk.AsOwnerAsync("GET", $"/v2/requests/{id}")).Body!;
            body.Remove("output");
            (body["video"] as JsonObject)?.Remove("url");
            (body["video"] as JsonObject)?.Remove("url_expires_at");
            if (id == desk.Busy || id == desk.Begun || id == desk.Waiting) body = new JsonObject { ["error_code"] = body["error_code"]?.DeepClone(), ["is_final"] = body["finished_at"] is not null };
            stand.AppendLine(body.ToJsonString());
        }

        var list = (await desk.AsOwnerAsync("GET", "/v2/requests?limit=100")).Body!["requests"]!.AsArray();
        stand.AppendJoin(',', list.Select(request => (string?)request!["request_id"])).AppendLine();
        var batch = (await desk.AsOwnerAsync("GET", $"/v2/batches/{desk.Batch}")).Body!;
        return stand.Append(batch["status"]).Append(batch["cancel_requested_at"]).Append((await desk.AsOwnerAsync("GET", "/v2/batches")).Body!["batches"]!.AsArray().Count).ToString();
    }

    private static void AssertNothingOf(IsolationDesk desk, Answer answer, string guess)
    {
        var text = answer.Body?.ToJsonString() ?? "";
        Assert.DoesNotContain(IsolationDesk.Secret, text, StringComparison.Ordinal);

        // The message of a 404 repeats what was asked for.
        if (answer.Status == HttpStatusCode.NotFound) return;
        Assert.All(desk.Ids.Append(desk.Batch), id => Assert.False(text.Contains(id, StringComparison.OrdinalIgnoreCase), $"{guess}: {text}"));
    }

    private static (string Name, string Value) Json => ("Accept", "application/json");

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    private static string Decode(string cursor) => Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor));
}
