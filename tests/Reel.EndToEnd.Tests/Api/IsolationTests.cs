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
    private static readonly string[] Public = ["GET /v2/models", "GET /v2/models/{model}", "GET /healthz", "GET /openapi.json", "GET /docs"];

    /// <summary>A case for each of the others.</summary>
    private static readonly Dictionary<string, Func<IsolationDesk, Task>> Cases = new(StringComparer.Ordinal)
    {
        ["POST /v2/{model}"] = AnotherKeyOfTheSameNameAsync,
        ["POST /v1/{model}"] = AnotherKeyAtOnceAsync,
        ["GET /v1/requests/{id}"] = desk => NotFoundAsync(desk, "GET", "/v1/requests/{id}"),
        ["GET /v2/requests/{id}/events"] = desk => NotFoundAsync(desk, "GET", "/v2/requests/{id}/events"),
        ["GET /v2/requests"] = ListAsync,
        ["GET /v2/usage"] = UsageAsync,
        ["GET /v2/requests/{id}"] = desk => NotFoundAsync(desk, "GET", "/v2/requests/{id}"),
        ["DELETE /v2/requests/{id}"] = desk => NotFoundAsync(desk, "DELETE", "/v2/requests/{id}"),
        ["GET /v2/requests/{id}/status"] = desk => NotFoundAsync(desk, "GET", "/v2/requests/{id}/status"),
        ["GET /v2/requests/{id}/video"] = desk => NotFoundAsync(desk, "GET", "/v2/requests/{id}/video"),
        ["POST /v2/requests/{id}/cancel"] = desk => NotFoundAsync(desk, "POST", "/v2/requests/{id}/cancel"),
        ["POST /v2/requests/{id}/resubmit"] = desk => NotFoundAsync(desk, "POST", "/v2/requests/{id}/resubmit"),
        ["POST /v2/batches"] = AnotherBatchAsync,
        ["GET /v2/batches"] = BatchListAsync,
        ["GET /v2/batches/{id}"] = desk => NotFoundAsync(desk, "GET", "/v2/batches/{id}"),
        ["GET /v2/batches/{id}/requests"] = desk => NotFoundAsync(desk, "GET", "/v2/batches/{id}/requests"),
        ["POST /v2/batches/{id}/cancel"] = desk => NotFoundAsync(desk, "POST", "/v2/batches/{id}/cancel"),
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

    /// <summary>A route that takes the id of a request: whatever is tried, it is as if there were no such request.</summary>
    private static async Task NotFoundAsync(IsolationDesk desk, string method, string path)
    {
        foreach (var id in (string[])[.. desk.Ids, desk.Batch])
        {
            string[] guesses =
            [
                id, id.ToUpperInvariant(), $"{{{id}}}", id.Replace("-", "", StringComparison.Ordinal), $"owner_{id}", $"owner%5F{id}", $"_owner_{id}",
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
    private static async Task AnotherKeyOfTheSameNameAsync(IsolationDesk desk)
    {
        var same = new JsonObject { ["prompt"] = IsolationDesk.Secret, ["metadata"] = new JsonObject { ["note"] = IsolationDesk.Secret } };
        var answer = await desk.AsStrangerAsync("POST", "/v2/kling-2.6", same, ("Idempotency-Key", desk.IdempotencyKey));

        Assert.Equal((HttpStatusCode.OK, false), (answer.Status, answer.Headers.Contains("Idempotent-Replayed")));
        Assert.DoesNotContain(answer["request_id"], desk.Ids);

        foreach (var guess in (string[])[$"owner/{desk.IdempotencyKey}", $"../owner/{desk.IdempotencyKey}"])
        {
            answer = await desk.AsStrangerAsync("POST", "/v2/kling-2.6", new JsonObject { ["prompt"] = "else" }, ("Idempotency-Key", guess));
            Assert.Equal((HttpStatusCode.OK, false), (answer.Status, answer.Headers.Contains("Idempotent-Replayed")));
        }

        Assert.Equal(desk.Done, (await desk.AsOwnerAsync("POST", "/v2/kling-2.6", same, ("Idempotency-Key", desk.IdempotencyKey)))["request_id"]);
    }

    /// <summary>Nor does a stranger who waits for the video get the owner's.</summary>
    private static async Task AnotherKeyAtOnceAsync(IsolationDesk desk)
    {
        var same = new JsonObject { ["prompt"] = IsolationDesk.Secret, ["metadata"] = new JsonObject { ["note"] = "mine" } };
        var answer = await desk.AsStrangerAsync("POST", "/v1/kling-2.6", same, ("Idempotency-Key", $"owner/{desk.Done}"), ("Accept", "application/json"));

        Assert.DoesNotContain(answer["request_id"], desk.Ids);
        AssertNothingOf(desk, answer, "");
    }

    /// <summary>The owner's cursors, and those that one can make up who knows how they are made.</summary>
    private static async Task ListAsync(IsolationDesk desk)
    {
        var theirs = await desk.AsOwnerAsync("GET", "/v2/requests?limit=1");
        Assert.Equal(desk.Unknown, (string?)theirs.Body!["requests"]![0]!["request_id"]);
        var token = Decode(theirs["next_cursor"]!);
        Assert.StartsWith("owner~", token, StringComparison.Ordinal);

        string[] ids = ["owner_", $"owner_{desk.Done}", "owner", "", " ", "\0", "stranger", "stranger_", "stranger\u007f", $"stranger_{desk.Done}", "\U0010FFFF"];
        string[] cursors =
        [
            theirs["next_cursor"]!, Encode(token.Replace("owner~", "stranger~", StringComparison.Ordinal)), Encode("stranger~"), Encode("~"),
            .. ids.Select(id => Encode($"stranger~{Convert.ToBase64String(Encoding.UTF8.GetBytes(id))}")),
            .. ids.Select(id => Encode($"stranger~{id}")),
        ];
        foreach (var query in (string[])["", "&status=COMPLETED", "&caller=owner", "&prefix=owner_"])
        {
            AssertNothingOf(desk, await desk.AsStrangerAsync("GET", $"/v2/requests?limit=100{query}"), query);
            foreach (var cursor in cursors)
            {
                var answer = await desk.AsStrangerAsync("GET", $"/v2/requests?limit=100{query}&cursor={cursor}");
                Assert.True(answer.Status is HttpStatusCode.OK or HttpStatusCode.BadRequest, $"{Decode(cursor)}: {(int)answer.Status} {answer.Body}");
                AssertNothingOf(desk, answer, cursor);
            }
        }
    }

    /// <summary>A batch of the stranger's under the owner's ids is a batch of the stranger's.</summary>
    private static async Task AnotherBatchAsync(IsolationDesk desk)
    {
        var body = new JsonObject { ["requests"] = new JsonArray(new JsonObject { ["model"] = "kling-2.6", ["prompt"] = "a [stuck] stranger" }) };
        var answer = await desk.AsStrangerAsync("POST", "/v2/batches", body, ("Idempotency-Key", desk.IdempotencyKey));

        Assert.False(answer.Headers.Contains("Idempotent-Replayed"));
        AssertNothingOf(desk, answer, "");
        await desk.AsStrangerAsync("POST", $"/v2/batches/{answer["batch_id"]}/cancel");
    }

    private static async Task BatchListAsync(IsolationDesk desk)
    {
        Assert.Equal(desk.Batch, (string?)(await desk.AsOwnerAsync("GET", "/v2/batches")).Body!["batches"]![0]!["batch_id"]);
        foreach (var id in (string[])["__owner_", $"__owner_{desk.Batch}", "__", ""])
        {
            foreach (var cursor in (string[])["", Encode($"stranger~{Convert.ToBase64String(Encoding.UTF8.GetBytes(id))}"), Encode($"owner~{id}")])
            {
                var answer = await desk.AsStrangerAsync("GET", $"/v2/batches?cursor={cursor}");
                Assert.True(answer.Status is HttpStatusCode.OK or HttpStatusCode.BadRequest, $"{id}: {(int)answer.Status} {answer.Body}");
                AssertNothingOf(desk, answer, id);
            }
        }
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
            if (id == desk.Busy || id == desk.InBatch) body = new JsonObject { ["error_code"] = body["error_code"]?.DeepClone(), ["is_final"] = body["finished_at"] is not null };
            stand.AppendLine(body.ToJsonString());
        }

        var list = (await desk.AsOwnerAsync("GET", "/v2/requests?limit=100")).Body!["requests"]!.AsArray();
        return stand.AppendJoin(',', list.Select(request => (string?)request!["request_id"])).ToString();
    }

    private static void AssertNothingOf(IsolationDesk desk, Answer answer, string guess)
    {
        var text = answer.Body?.ToJsonString() ?? "";
        Assert.DoesNotContain(IsolationDesk.Secret, text, StringComparison.Ordinal);

        // The message of a 404 repeats what was asked for.
        if (answer.Status == HttpStatusCode.NotFound) return;
        Assert.All([.. desk.Ids, desk.Batch], id => Assert.False(text.Contains(id, StringComparison.OrdinalIgnoreCase), $"{guess}: {text}"));
    }

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    private static string Decode(string cursor) => Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor));
}
