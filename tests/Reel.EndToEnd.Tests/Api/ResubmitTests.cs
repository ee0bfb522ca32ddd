using System.Net;
using System.Text.Json.Nodes;
using Reel.EndToEnd.Tests.Azurite;
using Reel.EndToEnd.Tests.Desk;
using Reel.EndToEnd.Tests.Videos;
using Reel.Generations;

namespace Reel.EndToEnd.Tests.Api;

/// <summary>POST /v2/requests/{id}/resubmit, on two processes: once for each unknown outcome, and for nothing else.</summary>
public sealed class ResubmitTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>, IAsyncLifetime
{
    private ApiPair pair = null!;

    public async Task InitializeAsync() => pair = await ApiPair.StartAsync(azurite, ("Webhooks:Secret", Inbox.Secret));

    public async Task DisposeAsync() => await pair.DisposeAsync();

    [Fact]
    public async Task Fifty_at_once_start_one_new_request_like_the_old_one()
    {
        var submitted = await pair.PostAsync("/v2/kling-2.6", new JsonObject
        {
            ["prompt"] = "a ghost",
            ["duration"] = 5,
            ["webhook_url"] = "https://example.com/hook",
            ["webhook_events"] = new JsonArray("video.failed", "video.queued", "video.failed"),
            ["metadata"] = new JsonObject { ["take"] = 3 },
        });
        var old = submitted["request_id"]!;
        pair.Engine.Fail($"desk_{old}", ErrorCodes.SubmitOutcomeUnknown, Charged.Unknown);
        var before = await pair.Engine.GetAsync($"desk_{old}");
        pair.Time.Turn(TimeSpan.FromHours(1));

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => ResubmitAsync(old)));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
        var id = Assert.Single(answers.Select(answer => answer["request_id"]).Distinct())!;
        var first = answers.First(answer => !answer.Headers.Contains("Idempotent-Replayed"));
        Assert.True((await ResubmitAsync(old)).Headers.Contains("Idempotent-Replayed"));
        Assert.Equal(
            submitted.Body!.AsObject().Select(member => (member.Key, Part(member.Value, old))),
            first.Body!.AsObject().Select(member => (member.Key, Part(member.Value, id))));
        Assert.Equal([$"desk_{old}", $"desk_{id}"], pair.Engine.Started);

        var (was, now) = (pair.Engine.Input($"desk_{old}"), pair.Engine.Input($"desk_{id}"));
        Assert.Equal(was.AcceptedAt + TimeSpan.FromHours(1), now.AcceptedAt, TimeSpan.FromMinutes(30));
        Assert.Equal(was.Deadline - was.AcceptedAt, now.Deadline - now.AcceptedAt);
        Assert.Equal(was.WebhookSchedule, now.WebhookSchedule);
        Assert.Equal(["video.queued", "video.failed"], now.WebhookEvents!);
        Assert.Equal(
            was with
            {
                RequestId = id,
                ResubmissionOf = old,
                AcceptedAt = now.AcceptedAt,
                Deadline = now.Deadline,
                BaseUrl = now.BaseUrl,
                WebhookSchedule = null,
                WebhookEvents = null,
            },
            now with { WebhookSchedule = null, WebhookEvents = null });
        Assert.Equal(before, await pair.Engine.GetAsync($"desk_{old}"));
    }

    [Fact]
    public async Task Each_says_what_became_of_the_other()
    {
        var old = await UnknownAsync();
        Assert.Null((await pair.GetAsync($"/v2/requests/{old}"))["resubmitted_as"]);

        var id = (await ResubmitAsync(old))["request_id"]!;

        foreach (var path in (string[])["", "/status"])
        {
            var (was, now) = (await pair.GetAsync($"/v2/requests/{old}{path}"), await pair.GetAsync($"/v2/requests/{id}{path}"));
            Assert.Equal((HttpStatusCode.UnprocessableEntity, ErrorCodes.SubmitOutcomeUnknown, "unknown"), (was.Status, was["error_code"], was["charged"]));
            Assert.Equal((id, null), (was["resubmitted_as"], was["resubmission_of"]));
            Assert.Equal((HttpStatusCode.OK, null, old), (now.Status, now["resubmitted_as"], now["resubmission_of"]));
        }
    }

    [Fact]
    public async Task With_storage_away_the_rest_of_the_answer_is_there()
    {
        await using var storage = ScriptedServer.Sending([], "403 Forbidden", ""); // No trouble of the kind that the client retries.
        var blobs = new UriBuilder(storage.Url) { Path = "devstoreaccount1", Query = "" }.Uri.AbsoluteUri;
        var key = Convert.ToBase64String(new byte[64]);
        await using var away = await ApiPair.StartAsync($"BlobEndpoint={blobs};AccountName=devstoreaccount1;AccountKey={key}");
        var id = await away.SubmitAsync("a ghost");
        away.Engine.Fail($"desk_{id}", ErrorCodes.SubmitOutcomeUnknown, Charged.Unknown);

        foreach (var path in (string[])["", "/status"])
        {
            var answer = await away.GetAsync($"/v2/requests/{id}{path}");
            Assert.Equal(
                (HttpStatusCode.UnprocessableEntity, ErrorCodes.SubmitOutcomeUnknown, "unknown", null),
                (answer.Status, answer["error_code"], answer["charged"], answer["resubmitted_as"]));
        }

        Assert.NotEmpty(storage.Heads);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await away.PostAsync($"/v2/requests/{id}/resubmit")).Status);
    }

    [Fact]
    public async Task A_process_that_dies_between_reservation_and_start_loses_nothing()
    {
        var old = await UnknownAsync();
        pair.Engine.DieBeforeStart();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await ResubmitAsync(old)).Status);
        Assert.Null((await pair.GetAsync($"/v2/requests/{old}"))["resubmitted_as"]);

        // However late: nothing was paid for.
        pair.Time.Turn(TimeSpan.FromDays(20));
        var again = await ResubmitAsync(old);

        Assert.Equal((HttpStatusCode.OK, false), (again.Status, again.Headers.Contains("Idempotent-Replayed")));
        Assert.Equal([$"desk_{old}", $"desk_{again["request_id"]}"], pair.Engine.Started);
        Assert.True(pair.Engine.Input($"desk_{again["request_id"]}").Deadline > pair.Time.GetUtcNow());
        Assert.Equal(again["request_id"], (await pair.GetAsync($"/v2/requests/{old}"))["resubmitted_as"]);
    }

    [Fact]
    public async Task One_that_was_submitted_and_forgotten_since_is_not_started_again_and_nobody_is_sent_to_it()
    {
        var old = await UnknownAsync();
        var id = (await ResubmitAsync(old))["request_id"]!;
        await pair.Records.CreateAsync(SubmissionRecord.NameOf($"desk_{id}"), new SubmissionRecord("kling-2.6", 1, pair.Time.GetUtcNow()));
        pair.Engine.Forget($"desk_{id}");

        var again = await ResubmitAsync(old);

        Assert.Equal((HttpStatusCode.Conflict, "not_resubmittable", old), (again.Status, again["error_code"], again["request_id"]));
        Assert.Contains(id, again["error"], StringComparison.Ordinal);
        Assert.Equal([$"desk_{old}", $"desk_{id}"], pair.Engine.Started);
        Assert.Null((await pair.GetAsync($"/v2/requests/{old}"))["resubmitted_as"]);
    }

    [Fact]
    public async Task One_that_was_deleted_since_is_not_started_again_and_nobody_is_sent_to_it()
    {
        var old = await UnknownAsync();
        var id = (await ResubmitAsync(old))["request_id"]!;
        pair.Engine.Fail($"desk_{id}", ErrorCodes.Canceled, Charged.No);
        Assert.Equal(HttpStatusCode.NoContent, (await pair.DeleteAsync($"/v2/requests/{id}")).Status);

        var again = await ResubmitAsync(old);

        Assert.Equal((HttpStatusCode.Conflict, "request_deleted", old), (again.Status, again["error_code"], again["request_id"]));
        Assert.Equal([$"desk_{old}", $"desk_{id}"], pair.Engine.Started);
    }

    [Fact]
    public async Task One_that_the_provider_is_known_to_have_accepted_after_all_is_not_paid_again()
    {
        var old = await UnknownAsync();
        await AnswerAsync(old, new SubmitOutcome(SubmitKind.Accepted, "provider-7"));

        await AssertRefusedAsync(old, "provider-7");
    }

    [Fact]
    public async Task One_that_was_reserved_before_that_was_known_is_not_started_either()
    {
        var old = await UnknownAsync();
        pair.Engine.DieBeforeStart();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await ResubmitAsync(old)).Status);
        await AnswerAsync(old, new SubmitOutcome(SubmitKind.Accepted, "provider-7"));

        await AssertRefusedAsync(old, "provider-7");
    }

    [Fact]
    public async Task One_that_is_under_way_already_is_named_whatever_is_known_of_the_old_one_since()
    {
        var old = await UnknownAsync();
        var id = (await ResubmitAsync(old))["request_id"];
        await AnswerAsync(old, new SubmitOutcome(SubmitKind.Accepted, "provider-7"));

        var again = await ResubmitAsync(old);

        Assert.Equal((HttpStatusCode.OK, id), (again.Status, again["request_id"]));
    }

    [Theory]
    [InlineData(SubmitKind.NotAccepted)]
    [InlineData(SubmitKind.Refused)]
    [InlineData(SubmitKind.Unknown)]
    [InlineData(null)]
    public async Task A_record_that_does_not_say_accepted_stands_in_nobodys_way(SubmitKind? recorded)
    {
        var old = await UnknownAsync();
        await AnswerAsync(old, recorded is { } kind ? new SubmitOutcome(kind, Error: "because") : null);

        var answer = await ResubmitAsync(old);

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal([$"desk_{old}", $"desk_{answer["request_id"]}"], pair.Engine.Started);
    }

    [Fact]
    public async Task A_resubmission_whose_outcome_is_unknown_too_can_be_resubmitted_in_its_turn()
    {
        var first = await UnknownAsync();
        var second = (await ResubmitAsync(first))["request_id"]!;
        pair.Engine.Fail($"desk_{second}", ErrorCodes.SubmitOutcomeUnknown, Charged.Unknown);

        var third = (await ResubmitAsync(second))["request_id"]!;

        Assert.Equal(second, (await ResubmitAsync(first))["request_id"]);
        var answer = await pair.GetAsync($"/v2/requests/{second}");
        Assert.Equal((first, third), (answer["resubmission_of"], answer["resubmitted_as"]));
        Assert.Equal([$"desk_{first}", $"desk_{second}", $"desk_{third}"], pair.Engine.Started);
    }

    [Fact]
    public async Task A_key_still_stands_for_the_old_request()
    {
        var key = $"{Guid.NewGuid()}";
        var old = await pair.SubmitAsync("a ghost", key);
        pair.Engine.Fail($"desk_{old}", ErrorCodes.SubmitOutcomeUnknown, Charged.Unknown);
        await ResubmitAsync(old);

        Assert.Equal(old, await pair.SubmitAsync("a ghost", key));
    }

    [Theory]
    [InlineData(ErrorCodes.InsufficientCredits, Charged.No)]
    [InlineData(ErrorCodes.SubmitRefused, Charged.No)]
    [InlineData(ErrorCodes.ProviderFailed, Charged.No)]
    [InlineData(ErrorCodes.TimedOut, Charged.Unknown)]
    [InlineData(ErrorCodes.Canceled, Charged.Unknown)]
    [InlineData(ErrorCodes.Expired, Charged.Unknown)]
    [InlineData(ErrorCodes.SaveFailed, Charged.Yes)]
    [InlineData(ErrorCodes.Internal, Charged.Unknown)]
    public async Task Any_other_failure_is_refused(string errorCode, Charged charged)
    {
        var id = await pair.SubmitAsync("a lighthouse");
        pair.Engine.Fail($"desk_{id}", errorCode, charged);

        await AssertRefusedAsync(id, errorCode);
    }

    [Fact]
    public async Task One_that_is_under_way_or_completed_is_refused()
    {
        var id = await pair.SubmitAsync("a lighthouse");
        await AssertRefusedAsync(id, "QUEUED");
        pair.Engine.Advance($"desk_{id}", new GenerationState(GenerationStatus.Processing, Stage.Rendering));
        await AssertRefusedAsync(id, "PROCESSING");
        pair.Engine.Advance($"desk_{id}", new GenerationState(GenerationStatus.Completed, Stage.Done, Charged: Charged.Yes));
        await AssertRefusedAsync(id, "COMPLETED");
    }

    [Fact]
    public async Task An_unknown_id_and_anothers_answer_404()
    {
        var old = await UnknownAsync();

        var nobodys = await ResubmitAsync("00000000-0000-8000-8000-000000000000");
        var anothers = await pair.PostAsync($"/v2/requests/{old}/resubmit", caller: ApiPair.Shop);

        Assert.All((Answer[])[nobodys, anothers], answer => Assert.Equal((HttpStatusCode.NotFound, "not_found"), (answer.Status, answer["error_code"])));
        Assert.Single(pair.Engine.Started);
    }

    private Task<Answer> ResubmitAsync(string id) => pair.PostAsync($"/v2/requests/{id}/resubmit");

    private async Task AnswerAsync(string id, SubmitOutcome? answer) =>
        await pair.Records.CreateAsync(SubmissionRecord.NameOf($"desk_{id}"), new SubmissionRecord("kling-2.6", 1, pair.Time.GetUtcNow(), answer));

    private async Task<string> UnknownAsync()
    {
        var id = await pair.SubmitAsync("a ghost");
        pair.Engine.Fail($"desk_{id}", ErrorCodes.SubmitOutcomeUnknown, Charged.Unknown);
        return id;
    }

    private async Task AssertRefusedAsync(string id, string says)
    {
        var answer = await ResubmitAsync(id);
        Assert.Equal((HttpStatusCode.Conflict, "not_resubmittable"), (answer.Status, answer["error_code"]));
        Assert.Contains(says, answer["error"], StringComparison.Ordinal);
        Assert.Single(pair.Engine.Started);
    }

    // The two processes have two addresses.
    private static string Part(JsonNode? value, string id)
    {
        var text = ((string)value!).Replace(id, "{id}", StringComparison.Ordinal);
        return Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme == "http" ? url.AbsolutePath : text;
    }
}
