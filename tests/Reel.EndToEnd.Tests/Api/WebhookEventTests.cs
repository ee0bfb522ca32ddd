using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Reel.EndToEnd.Tests.Desk;
using Reel.Webhooks;

namespace Reel.EndToEnd.Tests.Api;

/// <summary>Which events are told, and what they say, from submit to receiver.</summary>
[Collection(ApiTests.Name)]
public sealed class WebhookEventTests(ApiDesk desk)
{
    private static readonly string[] ToTheEnd = [WebhookTypes.VideoQueued, WebhookTypes.VideoProcessing, WebhookTypes.VideoCompleted];

    [Theory]
    [InlineData("a tower", WebhookTypes.VideoCompleted)]
    [InlineData("a tower [fail]", WebhookTypes.VideoFailed)]
    public async Task All_of_them_come_each_under_its_own_id_and_as_it_is_described(string prompt, string last)
    {
        var body = Body(prompt, WebhookTypes.OfVideo);
        body["metadata"] = new JsonObject { ["order"] = 7 };
        var id = await desk.Caller.SubmitAsync(body);
        await desk.Caller.FinishAsync(id);

        // A failed render may be over before it was seen to run.
        var letters = await WaitForAsync(id, WebhookTypes.VideoQueued, last);
        var description = await Description.ReadAsync(desk.Caller.Http);
        Assert.All(letters, letter =>
        {
            Assert.Equal((WebhookVerdict.Valid, WebhookEvent.IdFor(id, letter.Type)), (letter.Verdict, letter.Id));
            Assert.Equal(7, (int)letter.Data["metadata"]!["order"]!);
            Assert.Equal(StatusOf(letter.Type), (string?)letter.Data["status"]);
            Assert.Equal(letter.Type is WebhookTypes.VideoQueued or WebhookTypes.VideoProcessing, letter.Data["progress"] is not null);
            description.AssertValid(
                description.Document["webhooks"]![letter.Type]!["post"]!["requestBody"]!["content"]!["application/json"]!["schema"]!, letter.Text, letter.Type);
        });
        Assert.Equal((string?)letters.First(letter => letter.Type == WebhookTypes.VideoQueued).Data["created_at"], (await desk.Caller.StatusAsync(id))["created_at"]);
        Assert.All(letters, letter => Assert.Contains(letter.Type, (string[])[.. ToTheEnd.SkipLast(1), last]));
        var times = letters.OrderBy(letter => Array.IndexOf(ToTheEnd, letter.Type) is >= 0 and var place ? place : int.MaxValue)
            .Select(letter => DateTimeOffset.Parse((string)letter.Body["timestamp"]!, CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(times.Order(), times);
    }

    [Theory]
    [InlineData(WebhookTypes.VideoQueued)]
    [InlineData(WebhookTypes.VideoProcessing)]
    [InlineData(WebhookTypes.VideoQueued, WebhookTypes.VideoCompleted)]
    [InlineData(WebhookTypes.VideoFailed, WebhookTypes.VideoCompleted)]
    public async Task Those_that_were_chosen_come_and_no_others(params string[] chosen)
    {
        var id = await desk.Caller.SubmitAsync(Body("a subset", [.. chosen, chosen[0]]));
        await desk.Caller.CompleteAsync(id);

        var expected = chosen.Except([WebhookTypes.VideoFailed]).Order(StringComparer.Ordinal).ToArray();
        var letters = await WaitForAsync(id, expected);

        Assert.Equal(expected, letters.Select(letter => letter.Type).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_receiver_that_is_down_for_the_first_does_not_hold_up_the_request()
    {
        await using var down = await Inbox.StartAsync();
        down.Refuse(int.MaxValue);
        var body = Body("nobody listens", WebhookTypes.OfVideo);
        body["webhook_url"] = down.Url;

        var id = await desk.Caller.SubmitAsync(body);

        await desk.Caller.CompleteAsync(id);
        Assert.All(down.About(id), letter => Assert.Contains(letter.Type, ToTheEnd));
    }

    [Theory]
    [InlineData("\"video.completed\"", null)]
    [InlineData("{}", null)]
    [InlineData("[null]", null)]
    [InlineData("[7]", null)]
    [InlineData("[\"\\ud800\"]", null)]
    [InlineData("[\"batch.completed\"]", null)]
    [InlineData("[\"video.queued\", \"video.complete\"]", "video.completed")]
    [InlineData("[\"failed\"]", "video.failed")]
    public async Task What_is_no_list_of_events_is_refused_with_those_there_are(string events, string? meant)
    {
        foreach (var version in (string[])["v1", "v2"])
        {
            var answer = await desk.Caller.PostAsync($"/{version}/kling-2.6", $$"""{"prompt": "a list", "webhook_events": {{events}}}""");

            Assert.Equal((HttpStatusCode.BadRequest, "invalid_parameters"), (answer.Status, answer["error_code"]));
            var (name, error) = Assert.Single(answer.Body!["errors"]!.AsObject());
            Assert.Equal("webhook_events", name);
            Assert.All(WebhookTypes.OfVideo, type => Assert.Contains(type, (string?)error, StringComparison.Ordinal));
            if (meant is not null) Assert.EndsWith($"did you mean \"{meant}\"?", (string?)error, StringComparison.Ordinal);
            else Assert.DoesNotContain("did you mean", (string?)error, StringComparison.Ordinal);
        }
    }

    private JsonObject Body(string prompt, IEnumerable<string> events)
    {
        var body = desk.Bench.Body(prompt);
        body["webhook_events"] = new JsonArray([.. events.Select(type => JsonValue.Create(type))]);
        return body;
    }

    private async Task<IReadOnlyList<Letter>> WaitForAsync(string id, params string[] types)
    {
        await Azurite.Wait.UntilAsync(
            () => types.All(type => desk.Bench.Inbox.About(id).Any(letter => letter.Type == type)), $"{string.Join(", ", types)} of {id}", 60);
        return desk.Bench.Inbox.About(id);
    }

    private static string StatusOf(string type) => type.Split('.')[1].ToUpperInvariant();
}
