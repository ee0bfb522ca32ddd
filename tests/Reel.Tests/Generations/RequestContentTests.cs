using Reel.Generations;
using Reel.Webhooks;

namespace Reel.Tests.Generations;

public sealed class RequestContentTests
{
    private static readonly RequestContent Content = new("kling-2.6", "{}", "https://caller.test/hook", """{"order":7}""");

    [Fact]
    public void Where_no_events_are_chosen_it_has_the_fingerprint_of_before_one_could_choose() => Assert.Equal(
        IdempotencyKeys.Fingerprint(Content.Model, Content.Parameters, Content.WebhookUrl, Content.Metadata), FingerprintOf(Content));

    [Fact]
    public void Each_choice_of_events_has_its_own()
    {
        IReadOnlyList<string>?[] choices = [null, [], [WebhookTypes.VideoQueued], [WebhookTypes.VideoQueued, WebhookTypes.VideoFailed], WebhookTypes.OfVideoByDefault];

        Assert.Equal(choices.Length, choices.Select(chosen => FingerprintOf(Content with { WebhookEvents = chosen })).Distinct().Count());
    }

    private static string FingerprintOf(RequestContent content) => IdempotencyKeys.Fingerprint([.. content.Parts()]);
}
