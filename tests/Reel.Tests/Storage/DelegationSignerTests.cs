using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Azure;
using Azure.Core;
using Azure.Identity;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Reel.Storage;
using Reel.Tests.Engine;
using Reel.Videos;

namespace Reel.Tests.Storage;

public sealed class DelegationSignerTests : IDisposable
{
    private readonly KeyService service = new();
    private readonly ManualTime time = new();
    private readonly CollectedLogs logs = new();

    [Theory]
    [InlineData("request-1.mp4")]
    [InlineData("caller/a b+ü%41.mp4")]
    public async Task A_link_without_an_account_key_is_signed_as_the_service_documents_it(string blobName)
    {
        var link = await Store(TimeSpan.FromHours(1)).MintLinkAsync(blobName, default);

        var query = QueryHelpers.ParseQuery(link.Url.Query).ToDictionary(pair => pair.Key, pair => pair.Value.ToString());
        var now = time.GetUtcNow();
        var start = KeyService.Text(now.AddMinutes(-5));
        var expiry = KeyService.Text(now.AddHours(1));
        var key = Assert.Single(service.Asked);
        string[] toSign =
        [
            "r", start, expiry, $"/blob/someone/videos/{blobName}",
            KeyService.ObjectId, KeyService.TenantId, KeyService.Text(key.Start), KeyService.Text(key.Expiry), "b", "2023-01-03",
            "", "", "", // authorized and unauthorized user, correlation id
            "", "https", query["sv"], "b", // address, protocol, version, resource
            "", "", "", "", "", "", "", // snapshot, encryption scope, and five response headers
        ];
        var signature = Convert.ToBase64String(HMACSHA256.HashData(key.Secret, Encoding.UTF8.GetBytes(string.Join('\n', toSign))));

        // The string's form goes by the version; a later client may use another.
        Assert.Equal("2023-01-03", query["sv"]);
        Assert.Equal(signature, query["sig"]);
        Assert.Equal(("r", "b", "https"), (query["sp"], query["sr"], query["spr"]));
        Assert.Equal((start, expiry), (query["st"], query["se"]));
        Assert.Equal((KeyService.ObjectId, KeyService.TenantId), (query["skoid"], query["sktid"]));
        Assert.Equal((KeyService.Text(key.Start), KeyService.Text(key.Expiry), "b", "2023-01-03"), (query["skt"], query["ske"], query["sks"], query["skv"]));
        Assert.Equal($"https://someone.blob.core.windows.net/videos/{blobName}", Uri.UnescapeDataString(link.Url.GetLeftPart(UriPartial.Path)));
        Assert.Equal(now.AddHours(1), link.ExpiresAt);
    }

    [Theory]
    [InlineData("00:01:00", "00:01:00")]
    [InlineData("3.00:00:00", "3.00:00:00")]
    [InlineData("6.21:55:00", "6.21:55:00")]
    [InlineData("7.00:00:00", "6.21:55:00")]
    public async Task A_link_lives_as_long_as_set_where_a_key_can_live_so_long(string set, string expected)
    {
        time.Advance(TimeSpan.FromMilliseconds(789));
        var now = time.GetUtcNow();

        var link = await Store(TimeSpan.Parse(set, CultureInfo.InvariantCulture)).MintLinkAsync("a.mp4", default);

        Assert.Equal((now + TimeSpan.Parse(expected, CultureInfo.InvariantCulture)).ToUnixTimeSeconds(), link.ExpiresAt.ToUnixTimeSeconds());
        Assert.Equal(0, link.ExpiresAt.Ticks % TimeSpan.TicksPerSecond);
        var key = Assert.Single(service.Asked);
        Assert.True(key.Start <= now.AddMinutes(-5));
        Assert.InRange(key.Expiry, link.ExpiresAt, now.AddDays(7).AddMinutes(-5));
    }

    [Fact]
    public async Task A_link_ends_with_its_key_where_the_service_gave_a_shorter_one()
    {
        var now = time.GetUtcNow();
        service.Answer = _ => KeyService.Key(new KeyRequest(now, now.AddMinutes(10)));

        var link = await Store(TimeSpan.FromHours(1)).MintLinkAsync("a.mp4", default);

        Assert.Equal(now.AddMinutes(10), link.ExpiresAt);
        Assert.Contains(Uri.EscapeDataString(KeyService.Text(now.AddMinutes(10))), link.Url.Query, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("st=" + Uri.EscapeDataString(KeyService.Text(now)), link.Url.Query, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task One_key_signs_a_thousand_links_at_once_and_thousands_after()
    {
        var opening = new TaskCompletionSource();
        service.Open = opening.Task;
        var store = Store(TimeSpan.FromDays(7));

        var links = Enumerable.Range(0, 1000).Select(i => Task.Run(() => store.MintLinkAsync($"{i}.mp4", default))).ToArray();
        opening.SetResult();
        await Task.WhenAll(links);
        for (var i = 0; i < 1000; i++)
        {
            time.Advance(TimeSpan.FromSeconds(3));
            await store.MintLinkAsync($"{i}.mp4", default);
        }

        Assert.Single(service.Asked);
        Assert.Equal(1000, links.Select(link => link.Result.Url).Distinct().Count());
    }

    [Fact]
    public async Task A_key_is_renewed_after_an_hour_and_nobody_waits_for_it()
    {
        var store = Store(TimeSpan.FromDays(7));
        await store.MintLinkAsync("a.mp4", default);
        time.Advance(TimeSpan.FromHours(1));
        var opening = new TaskCompletionSource();
        service.Open = opening.Task;

        var meanwhile = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => store.MintLinkAsync("a.mp4", default)));

        Assert.All(meanwhile, link => Assert.Equal(service.Asked[0].Expiry, KeyExpiry(link)));
        Assert.All(meanwhile, link => Assert.Equal(time.GetUtcNow() + DelegationSigner.LongestLink, link.ExpiresAt));
        opening.SetResult();
        await Until(async () => KeyExpiry(await store.MintLinkAsync("a.mp4", default)) == service.Asked[^1].Expiry && service.Asked.Count == 2);
        Assert.Equal(service.Asked[0].Expiry.AddHours(1), service.Asked[1].Expiry);
    }

    [Fact]
    public async Task A_key_that_cannot_be_renewed_serves_as_long_as_it_covers_a_link_and_is_then_missed()
    {
        var store = Store(TimeSpan.FromHours(6));
        await store.MintLinkAsync("a.mp4", default);
        service.Answer = KeyService.Refusal;
        time.Advance(TimeSpan.FromHours(1));

        for (var tries = 2; tries <= 60; tries++)
        {
            var failures = tries - 1;
            await Until(async () => await store.MintLinkAsync("a.mp4", default) is not null && logs.Count(LogLevel.Warning) == failures);
            var link = await store.MintLinkAsync("a.mp4", default);
            // Once a minute, not once a link.
            Assert.Equal(tries, service.Asked.Count);
            Assert.Equal(time.GetUtcNow().AddHours(6), link.ExpiresAt);
            Assert.True(link.ExpiresAt <= service.Asked[0].Expiry);
            time.Advance(TimeSpan.FromMinutes(1));
        }

        time.Advance(TimeSpan.FromMinutes(2));
        var refused = await Assert.ThrowsAsync<RequestFailedException>(() => store.MintLinkAsync("a.mp4", default));
        Assert.Equal(403, refused.Status);
        service.Answer = null;
        Assert.Equal(time.GetUtcNow().AddHours(6), (await store.MintLinkAsync("a.mp4", default)).ExpiresAt);
    }

    [Fact]
    public async Task Those_who_wait_for_a_key_share_one_request_and_its_failure()
    {
        var opening = new TaskCompletionSource();
        (service.Open, service.Answer) = (opening.Task, KeyService.Refusal);
        var store = Store(TimeSpan.FromHours(1));

        var links = Enumerable.Range(0, 50).Select(_ => store.MintLinkAsync("a.mp4", default)).ToArray();
        opening.SetResult();

        foreach (var link in links) await Assert.ThrowsAsync<RequestFailedException>(() => link);
        Assert.Single(service.Asked);
    }

    [Fact]
    public async Task A_caller_that_leaves_takes_nobodys_key_away()
    {
        var opening = new TaskCompletionSource();
        service.Open = opening.Task;
        var store = Store(TimeSpan.FromHours(1));
        using var leaving = new CancellationTokenSource();

        var left = store.MintLinkAsync("a.mp4", leaving.Token);
        var waiting = store.MintLinkAsync("a.mp4", default);
        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        opening.SetResult();
        Assert.Equal(time.GetUtcNow().AddHours(1), (await waiting).ExpiresAt);
        Assert.Single(service.Asked);
    }

    [Fact]
    public async Task An_identity_without_a_token_gets_no_link_and_says_so()
    {
        var store = Store(TimeSpan.FromHours(1), new NoToken());

        await Assert.ThrowsAsync<CredentialUnavailableException>(() => store.MintLinkAsync("a.mp4", default));

        Assert.Empty(service.Asked);
    }

    [Fact]
    public async Task Neither_keys_nor_signatures_are_logged()
    {
        var store = Store(TimeSpan.FromHours(1));
        var link = await store.MintLinkAsync("a.mp4", default);
        (service.Answer, service.Open) = (KeyService.Refusal, Task.CompletedTask);
        time.Advance(TimeSpan.FromHours(3));
        await Assert.ThrowsAsync<RequestFailedException>(() => store.MintLinkAsync("a.mp4", default));

        Assert.Equal((1, 1), (logs.Count(LogLevel.Information), logs.Count(LogLevel.Warning)));
        foreach (var secret in (string[])["a-token", Convert.ToBase64String(service.Asked[0].Secret), QueryHelpers.ParseQuery(link.Url.Query)["sig"]!])
            Assert.DoesNotContain(secret, logs.Text, StringComparison.Ordinal);
    }

    public void Dispose() => service.Dispose();

    private VideoStore Store(TimeSpan lifetime, TokenCredential? credential = null)
    {
        var settings = new Dictionary<string, string?> { ["Videos:LinkLifetime"] = lifetime.ToString() };
        return new ServiceCollection()
            .AddLogging(logging => logging.AddProvider(logs))
            .AddSingleton<TimeProvider>(time)
            .AddSingleton(service.Client(credential))
            .AddVideos(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .BuildServiceProvider()
            .GetRequiredService<VideoStore>();
    }

    private static DateTimeOffset KeyExpiry(VideoLink link) =>
        DateTimeOffset.Parse(QueryHelpers.ParseQuery(link.Url.Query)["ske"]!, CultureInfo.InvariantCulture);

    private static async Task Until(Func<Task<bool>> condition)
    {
        var deadline = DateTime.UtcNow.AddSeconds(30);
        while (!await condition())
        {
            Assert.True(DateTime.UtcNow < deadline, "It did not come about within 30 seconds.");
            await Task.Yield();
        }
    }

    private sealed class CollectedLogs : ILoggerProvider, ILogger
    {
        private readonly List<(LogLevel Level, string Line)> lines = [];

        public string Text
        {
            get
            {
                lock (lines) return string.Join('\n', lines.Select(line => line.Line));
            }
        }

        public int Count(LogLevel level)
        {
            lock (lines) return lines.Count(line => line.Level == level);
        }

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (lines) lines.Add((logLevel, $"{formatter(state, exception)} {exception}"));
        }

        public void Dispose()
        {
        }
    }
}
