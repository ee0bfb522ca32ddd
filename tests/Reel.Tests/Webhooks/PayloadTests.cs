using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Reel.Api;
using Reel.Batches;
using Reel.Generations;
using Reel.Orchestration;
using Reel.Segmind;
using Reel.Videos;
using Reel.Webhooks;

namespace Reel.Tests.Webhooks;

/// <summary>What a webhook says: small, with links, with the caller's metadata, and as README shows it.</summary>
public sealed class PayloadTests : IDisposable
{
    private const int MostBytes = 20_000;
    private const int MostMetadataBytes = 4096;

    // By a user delegation key, a link is longer by the ids and times of that.
    private const int MoreOfDelegatedLinks = 2 * 400;

    private static readonly DateTimeOffset Then = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly string Id = RequestId.New(Then);

    // Names as long as Azure takes them.
    private readonly ServiceProvider services = new ServiceCollection().AddLogging().AddVideos(new ConfigurationBuilder().AddInMemoryCollection(
    [
        new("AzureWebJobsStorage", $"DefaultEndpointsProtocol=https;AccountName={new string('a', 24)};AccountKey=c2VjcmV0LXNlY3JldC1zZWNyZXQ=;EndpointSuffix=core.windows.net"),
        new("Videos:Container", new string('v', 63)),
    ]).Build()).BuildServiceProvider();

    public void Dispose() => services.Dispose();

    public static TheoryData<string> Letters => ["x", "\"", "<", "é", "猫", "🎬", "\u2028", "\ue000"];

    [Theory]
    [MemberData(nameof(Letters))]
    public async Task It_has_less_than_20_KB_however_much_there_is_to_say(string letter)
    {
        var text = ProviderText.Clean(string.Concat(Enumerable.Repeat(letter, 2 * ProviderText.Longest)));
        var request = Request(LongestMetadata(letter), new string('h', Links.MaxBaseLength));
        var link = "https://files.test/" + new string('f', 2048 - 19);
        var completed = Completed with { Video = Completed.Video! with { BlobName = SavedVideo.NameOf(new string('c', 32), Id), ContentType = "video/" + new string('c', 994) } };
        var failed = Failed with { Error = text, ProviderUrl = link };

        foreach (var state in (GenerationState[])[completed, failed])
        {
            var type = state == completed ? WebhookTypes.VideoCompleted : WebhookTypes.VideoFailed;
            var body = await WriteAsync(type, OrchestrationJson.Write(new Generation(request, state)));
            Assert.InRange(body.Length + MoreOfDelegatedLinks, 1, MostBytes - 1);
            Assert.True(JsonNode.DeepEquals(JsonNode.Parse(request.Metadata!), Read(body)["data"]!["metadata"]));
        }
    }

    [Fact]
    public async Task A_batch_with_every_kind_of_failure_has_less_than_20_KB_too()
    {
        var errors = typeof(ErrorCodes).GetFields().Select(field => (string)field.GetRawConstantValue()!).ToDictionary(code => code, _ => 1000);
        var batch = new Batch(
            new BatchRequest(Id, "desk", 1000, 250, Then, new string('h', Links.MaxBaseLength), Metadata: LongestMetadata("é")),
            new BatchState(BatchStatus.Completed, new BatchTally(0, errors, 12345.678m), FinishedAt: Then));

        var body = await WriteAsync(WebhookTypes.BatchCompleted, OrchestrationJson.Write(batch));

        Assert.InRange(body.Length, MostMetadataBytes, MostBytes - 1);
    }

    [Fact]
    public async Task README_shows_what_is_sent()
    {
        var request = Request("""{"page":1}""", "https://reel.example");
        var batch = new Batch(
            new BatchRequest(BatchIds.New(Then), "desk", 2, 2, Then, "https://reel.example", Metadata: """{"page":1}"""),
            new BatchState(BatchStatus.Completed, new BatchTally(1, new Dictionary<string, int> { [ErrorCodes.ContentBlocked] = 1 }, 1.75m), FinishedAt: Then));
        byte[][] sent =
        [
            await WriteAsync(WebhookTypes.VideoCompleted, OrchestrationJson.Write(new Generation(request, Completed))),
            await WriteAsync(WebhookTypes.VideoFailed, OrchestrationJson.Write(new Generation(request, Failed))),
            await WriteAsync(WebhookTypes.BatchCompleted, OrchestrationJson.Write(batch)),
        ];

        var shown = ReadmeSection.Blocks("json").Select(block => JsonNode.Parse(block)!).ToDictionary(body => (string)body["type"]!);

        foreach (var body in sent.Select(Read)) Assert.Equal(Members(body), Members(shown[(string)body["type"]!]));
    }

    private static GenerationState Completed => new(
        GenerationStatus.Completed, Stage.Done, Then, Then.AddSeconds(123), Then.AddSeconds(125), "952f9e21-44ad-45e6-8a11-d1ea70a5370a", Charged: Charged.Yes,
        Video: new SavedVideo(SavedVideo.NameOf("desk", Id), 4_813_512, new string('0', 64), "video/mp4"), Metrics: new RenderMetrics(1.75m, 98.25m, 120.5, 2.5, 123));

    private static GenerationState Failed => new(
        GenerationStatus.Failed, Stage.Done, Then, FinishedAt: Then.AddSeconds(20), ProviderRequestId: "952f9e21-44ad-45e6-8a11-d1ea70a5370a",
        Error: "The prompt was blocked.", ErrorCode: ErrorCodes.ContentBlocked, Charged: Charged.No, Metrics: new RenderMetrics(null, null, 0.5, 2.5, 3));

    private static GenerationRequest Request(string metadata, string baseUrl) => new(
        Id, "desk", "kling-1.6-image2video", "{}", Then, Then.AddMinutes(30), new PollSchedule(120, 4, 60), baseUrl, "https://shop.test/hook", Metadata: metadata);

    /// <summary>As long as it may be, as it is kept.</summary>
    private static string LongestMetadata(string letter)
    {
        var count = MostMetadataBytes;
        while (true)
        {
            var metadata = new JsonObject { ["a"] = string.Concat(Enumerable.Repeat(letter, count)) };
            var body = new JsonObject { [ReservedFields.MetadataField] = metadata };
            var errors = new SortedDictionary<string, string>();
            if (new ReservedFields(System.Text.Json.JsonSerializer.SerializeToElement(body), errors).Metadata() is { } kept) return kept;
            count = count * 99 / 100;
        }
    }

    private async Task<byte[]> WriteAsync(string type, string subject)
    {
        var content = new WebhookContent(new ResultAnswers(services.GetRequiredService<VideoStore>()));
        return WebhookBody.Write(type, Then, await content.WriteDataAsync(type, subject, default));
    }

    private static JsonNode Read(byte[] body) => JsonNode.Parse(Encoding.UTF8.GetString(body))!;

    private static IEnumerable<string> Members(JsonNode? node, string path = "") => node is JsonObject parent
        ? parent.SelectMany(member => Members(member.Value, $"{path}.{member.Key}"))
        : [$"{path}: {node?.GetValueKind()}"];
}
