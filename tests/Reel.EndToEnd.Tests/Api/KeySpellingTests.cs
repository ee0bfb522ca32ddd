using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Reel.EndToEnd.Tests.Azurite;
using Reel.EndToEnd.Tests.Desk;

namespace Reel.EndToEnd.Tests.Api;

/// <summary>What an idempotency key may look like, in the header and in the body.</summary>
public sealed class KeySpellingTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>, IAsyncLifetime
{
    private readonly string unique = Guid.NewGuid().ToString("N");
    private ApiPair pair = null!;

    public async Task InitializeAsync() => pair = await ApiPair.StartAsync(azurite);

    public async Task DisposeAsync() => await pair.DisposeAsync();

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("\"in quotes\"", "in quotes")]
    [InlineData("\"a \\\"quote\\\" and a \\\\ in it\"", "a \"quote\" and a \\ in it")]
    [InlineData("a \"quote\" in the middle", "a \"quote\" in the middle")]
    [InlineData("\"", "\"")]
    [InlineData("Schlüssel-ключ-鍵", "Schlüssel-ключ-鍵")]
    [InlineData("\"🔑\"", "🔑")]
    public async Task A_header_and_a_body_that_mean_the_same_are_one_key(string header, string body)
    {
        // Unique to this run, without touching how the key begins and ends.
        var prompt = $"a lock {unique} {header}";
        var caller = header.Length % 2 == 0 ? ApiPair.Desk : ApiPair.Shop;
        header = header.Length > 1 ? header.Insert(1, unique) : header;
        body = header.Length > 1 ? body.Insert(header[0] == '"' ? 0 : 1, unique) : body;

        var first = await pair.PostAsync("/v2/kling-2.6", Body(prompt), header, caller);
        var second = await pair.PostAsync("/v2/kling-2.6", Body(prompt, body), caller: caller);
        var both = await pair.PostAsync("/v2/kling-2.6", Body(prompt, body), header, caller);

        Assert.All((Answer[])[first, second, both], answer => Assert.Equal((HttpStatusCode.OK, first["request_id"]), (answer.Status, answer["request_id"])));
        Assert.Single(pair.Engine.Started);
    }

    [Theory]
    [InlineData("k")]
    [InlineData("ü")]
    [InlineData("鍵")]
    [InlineData("🔑")]
    public async Task Up_to_255_characters_are_a_key_and_more_are_none(string character)
    {
        var most = unique + string.Concat(Enumerable.Repeat(character, 255 - unique.Length));

        var header = await pair.PostAsync("/v2/kling-2.6", Body("a long key"), most);
        var body = await pair.PostAsync("/v2/kling-2.6", Body("a long key", most));
        var quoted = await pair.PostAsync("/v2/kling-2.6", Body("a long key"), $"\"{most}\"");
        Assert.All((Answer[])[header, body, quoted], answer => Assert.Equal((HttpStatusCode.OK, header["request_id"]), (answer.Status, answer["request_id"])));

        AssertRefused(await pair.PostAsync("/v2/kling-2.6", Body("a long key"), most + character));
        AssertRefused(await pair.PostAsync("/v2/kling-2.6", Body("a long key", most + character)));
        AssertRefused(await pair.PostAsync("/v2/kling-2.6", Body("a long key"), $"\"{most + character}\""));
        Assert.Single(pair.Engine.Started);
    }

    [Fact]
    public async Task Keys_that_differ_in_case_or_in_blanks_within_are_two()
    {
        string[] keys = [$"{unique} a b", $"{unique} A b", $"{unique} a  b"];

        foreach (var key in keys) Assert.Equal(HttpStatusCode.OK, (await pair.PostAsync("/v2/kling-2.6", Body("a case"), key)).Status);

        Assert.Equal(keys.Length, pair.Engine.Started.Count);
    }

    [Fact]
    public async Task What_leaves_open_which_key_is_meant_is_refused_and_starts_nothing()
    {
        AssertRefused(await pair.PostAsync("/v2/kling-2.6", Body("two keys", "one"), "two"));
        AssertRefused(await pair.PostAsync("/v2/kling-2.6", Body("two keys", "\"one\""), "\"one\""));
        AssertRefused(await pair.PostAsync("/v2/kling-2.6", Body("no key"), "\"\""));
        AssertRefused(await pair.PostAsync("/v2/kling-2.6", Body("no key"), ""));
        Assert.Empty(pair.Engine.Started);
    }

    [Fact]
    public async Task Two_headers_are_refused_whatever_they_say()
    {
        // By hand: a client of .NET would make one of them.
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, pair.Url.Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /v2/kling-2.6 HTTP/1.1\r\nHost: {pair.Url.Authority}\r\nConnection: close\r\nx-api-key: {ApiPair.Desk}\r\nContent-Type: application/json\r\n"
            + "Idempotency-Key: one\r\nIdempotency-Key: two\r\nContent-Length: 20\r\n\r\n{\"prompt\": \"a door\"}"));
        using var answer = new StreamReader(client.GetStream());

        var text = await answer.ReadToEndAsync();

        Assert.StartsWith("HTTP/1.1 400 ", text, StringComparison.Ordinal);
        Assert.Contains("in one Idempotency-Key header", text, StringComparison.Ordinal);
        Assert.Empty(pair.Engine.Started);
    }

    private static JsonObject Body(string prompt, string? key = null)
    {
        var body = new JsonObject { ["prompt"] = prompt };
        if (key is not null) body["idempotency_key"] = key;
        return body;
    }

    private static void AssertRefused(Answer answer)
    {
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_parameters"), (answer.Status, answer["error_code"]));
        Assert.NotNull(answer.Body!["errors"]!["idempotency_key"]);
    }
}
