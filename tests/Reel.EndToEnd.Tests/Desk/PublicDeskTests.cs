using System.Net;
using System.Net.Sockets;
using Reel.Webhooks;

namespace Reel.EndToEnd.Tests.Desk;

/// <summary>Settings for a Reel that others reach: its address in answers, and webhooks that stay out of the inner network.</summary>
public sealed class PublicDeskTests
{
    [Fact]
    public async Task The_public_url_shows_in_every_answer()
    {
        const string Root = "https://reel.example.com/base/v2/requests/";
        await using var bench = await Bench.CreateAsync();
        using var caller = new Caller(await bench.StartAsync(("Api__PublicUrl", "https://reel.example.com/base/")));

        var submitted = await caller.PostAsync("/v2/kling-2.6", bench.Body("a facade"));
        var id = submitted["request_id"]!;
        var result = await caller.CompleteAsync(id);
        var letter = Assert.Single(await bench.Inbox.WaitAsync(id));

        string?[] urls =
        [
            submitted["status_url"], submitted["response_url"], result["status_url"], result["response_url"],
            (string?)result.Body!["video"]!["stream_url"], (string?)letter.Data["response_url"], (string?)letter.Data["video"]!["stream_url"],
        ];
        Assert.All(urls, url => Assert.StartsWith($"{Root}{id}", url, StringComparison.Ordinal));
        Assert.Equal($"{Root}{id}".Replace("/v2/", "/v1/", StringComparison.Ordinal), submitted["poll_url"]);
    }

    [Fact]
    public async Task A_key_with_an_endpoint_and_a_secret_of_its_own_is_told_past_any_proxy_of_the_environment()
    {
        const string Key = "desk-key-of-sixteen-characters";
        const string OwnSecret = "whsk_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
        using var proxy = new TcpListener(IPAddress.Loopback, 0);
        proxy.Start();
        var proxyUrl = $"http://{proxy.LocalEndpoint}";
        await using var bench = await Bench.CreateAsync();

        // The storage and the provider are at 127.0.0.1, and only they are left out of the proxy.
        using var caller = new Caller(await bench.StartAsync(
            ("http_proxy", proxyUrl), ("https_proxy", proxyUrl), ("all_proxy", proxyUrl), ("HTTPS_PROXY", proxyUrl), ("ALL_PROXY", proxyUrl), ("no_proxy", "127.0.0.1"), ("NO_PROXY", "127.0.0.1"),
            ("Api__Keys__desk", Key),
            ("Webhooks__Secret", "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"),
            ("Webhooks__Keys__desk__Secret", $"{OwnSecret} {Inbox.Secret}"),
            ("Webhooks__Keys__desk__Url", bench.Inbox.Url.Replace("127.0.0.1", "localhost", StringComparison.Ordinal))));
        caller.Http.DefaultRequestHeaders.Add("x-api-key", Key);
        var body = bench.Body("a hook of one's own");
        body.Remove("webhook_url");

        var letter = Assert.Single(await bench.Inbox.WaitAsync(await caller.SubmitAsync(body)));

        Assert.Equal((WebhookVerdict.Valid, WebhookTypes.VideoCompleted), (letter.Verdict, letter.Type));
        Assert.False(proxy.Pending());
    }

    [Fact]
    public async Task Webhooks_into_private_networks_are_refused_where_they_are_not_allowed()
    {
        await using var bench = await Bench.CreateAsync();
        using var caller = new Caller(await bench.StartAsync(("Webhooks__AllowPrivateNetworks", "false")));
        string[] urls =
        [
            "http://127.0.0.1:9/hook", "https://127.0.0.1/hook", "https://localhost/hook", "https://10.1.2.3/hook", "https://[::1]/hook",
            "https://[::ffff:10.0.0.1]/hook", "https://2130706433/hook", "https://0x7f.1/hook", "https://169.254.169.254/latest",
            "http://example.com/hook", "https://example.com:22/hook", "https://user:password@example.com/hook", "https://printer.local/hook", "hook", " ",
        ];

        foreach (var url in urls)
        {
            var body = bench.Body("a hook");
            body["webhook_url"] = url;
            var inBody = await caller.PostAsync("/v2/kling-2.6", body);
            body.Remove("webhook_url");
            var inQuery = await caller.PostAsync($"/v2/kling-2.6?webhook_url={Uri.EscapeDataString(url)}", body);

            foreach (var answer in (Answer[])[inBody, inQuery])
            {
                Assert.True(answer.Status == HttpStatusCode.BadRequest, $"'{url}' was answered {(int)answer.Status} {answer.Body}");
                Assert.NotNull(answer.Body!["errors"]!["webhook_url"]);
            }
        }

        Assert.Empty(await bench.Provider.SubmitsAsync());
    }
}
