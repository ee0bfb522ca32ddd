using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Reel.Orchestration;
using Reel.Webhooks;

namespace Reel.Tests.Webhooks;

public sealed class AttemptWebhookActivityTests
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    [Fact]
    public async Task Each_attempt_writes_its_content_anew_under_the_same_id_and_event_time()
    {
        await using var receiver = await Receiver.StartAsync(_ => Task.CompletedTask);
        await using var services = Services(new Links());
        var catalog = new OrchestrationCatalog().AddWebhooks();
        var happened = new DateTimeOffset(2026, 11, 1, 13, 0, 0, 7, TimeSpan.FromHours(1));
        var webhook = new WebhookEvent("evt_1", WebhookTypes.VideoFailed, happened, receiver.Url.AbsoluteUri, "019a");

        foreach (var attempt in new[] { 1, 2 })
        {
            var output = await catalog.Activities[AttemptWebhookActivity.FunctionName](
                services, OrchestrationJson.Write(new WebhookAttemptInput(webhook, attempt)), CancellationToken.None);
            Assert.Equal(AttemptVerdict.Delivered, OrchestrationJson.Read<AttemptOutcome>(output)!.Verdict);
        }

        var bodies = receiver.Requests.Select(request => Encoding.UTF8.GetString(request.Body)).ToList();
        Assert.Equal(
        [
            """{"type":"video.failed","timestamp":"2026-11-01T12:00:00.007Z","data":{"id":"019a","link":1}}""",
            """{"type":"video.failed","timestamp":"2026-11-01T12:00:00.007Z","data":{"id":"019a","link":2}}""",
        ], bodies);
        Assert.All(receiver.Requests, request => Assert.Equal("evt_1", request.Headers[WebhookHeaders.Id]));
        Assert.All(receiver.Requests, request => Assert.Equal(WebhookVerdict.Valid, new WebhookVerifier(Secret).Verify(request.Headers, request.Body)));
    }

    [Theory]
    [InlineData("shop", Parcels.Other)]
    [InlineData("desk", Secret)]
    [InlineData("gone", Secret)]
    [InlineData(null, Secret)]
    public async Task A_callers_own_secret_signs_in_place_of_the_common_one(string? caller, string secret)
    {
        await using var receiver = await Receiver.StartAsync(_ => Task.CompletedTask);
        await using var services = Services(new Links());
        var webhook = new WebhookEvent("evt_1", WebhookTypes.VideoFailed, DateTimeOffset.UnixEpoch, receiver.Url.AbsoluteUri, "019a", CallerId: caller);

        await new OrchestrationCatalog().AddWebhooks().Activities[AttemptWebhookActivity.FunctionName](
            services, OrchestrationJson.Write(new WebhookAttemptInput(webhook, 1)), CancellationToken.None);

        var request = Assert.Single(receiver.Requests);
        Assert.Equal(WebhookVerdict.Valid, new WebhookVerifier(secret).Verify(request.Headers, request.Body));
        Assert.DoesNotContain(' ', request.Headers[WebhookHeaders.Signature].ToString());
    }

    [Theory]
    [InlineData("shop", AttemptVerdict.Delivered)]
    [InlineData("renamed", AttemptVerdict.Failed)]
    public async Task What_was_accepted_under_a_callers_own_secret_is_signed_by_no_other(string caller, AttemptVerdict verdict)
    {
        await using var receiver = await Receiver.StartAsync(_ => Task.CompletedTask);
        await using var services = Services(new Links());
        var webhook = new WebhookEvent("evt_1", WebhookTypes.VideoFailed, DateTimeOffset.UnixEpoch, receiver.Url.AbsoluteUri, "019a", CallerId: caller, OwnSecret: true);

        var outcome = OrchestrationJson.Read<AttemptOutcome>(await new OrchestrationCatalog().AddWebhooks().Activities[AttemptWebhookActivity.FunctionName](
            services, OrchestrationJson.Write(new WebhookAttemptInput(webhook, 1)), CancellationToken.None))!;

        Assert.Equal(verdict, outcome.Verdict);
        Assert.Equal(verdict == AttemptVerdict.Delivered ? 1 : 0, receiver.Requests.Count);
        Assert.Equal(verdict == AttemptVerdict.Delivered ? null : "nothing to sign with: the setting Webhooks__Keys__renamed__Secret is unset", outcome.Error);
    }

    [Fact]
    public void Content_that_is_not_json_is_a_bug_and_not_sent() =>
        Assert.ThrowsAny<JsonException>(() => WebhookBody.Write(WebhookTypes.VideoCompleted, DateTimeOffset.UnixEpoch, "{\"id\":"));

    [Fact]
    public void The_catalogue_holds_all_under_their_recorded_names()
    {
        var catalog = new OrchestrationCatalog().AddWebhooks();

        Assert.Equal(["DeliverWebhook", "ResendMissed"], catalog.Orchestrations.Keys);
        Assert.Equal(["AttemptWebhook", "StartDelivery", "SettleDelivery", "ResendMissedEvents"], catalog.Activities.Keys);
    }

    private static ServiceProvider Services(IWebhookContent content)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new("Webhooks:Secret", Secret), new("Webhooks:AllowPrivateNetworks", "true"), new("Webhooks:Keys:shop:Secret", Parcels.Other)])
            .Build();
        return new ServiceCollection().AddLogging().AddWebhooks(configuration).AddSingleton(content).BuildServiceProvider(validateScopes: true);
    }

    private sealed class Links : IWebhookContent
    {
        private int links;

        public Task<string> WriteDataAsync(string type, string subject, CancellationToken cancellationToken) =>
            Task.FromResult($$"""{"id":"{{subject}}","link":{{++links}}}""");
    }
}
