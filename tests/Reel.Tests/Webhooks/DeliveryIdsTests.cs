using Reel.Batches;
using Reel.Generations;
using Reel.Webhooks;

namespace Reel.Tests.Webhooks;

public sealed class DeliveryIdsTests
{
    private const string Id = "fe5e046a-035f-8b11-aad1-82437cabd309";

    [Fact]
    public void An_id_says_whose_delivery_of_what_it_is()
    {
        var first = InstanceIds.OfDelivery("a-desk", Id, WebhookTypes.VideoCompleted);

        Assert.Equal($"_a-desk_{Id}_video.completed", first);
        Assert.Equal(new DeliveryName("a-desk", Id, "video.completed", 0), DeliveryIds.Parse(first));
        Assert.Equal(new DeliveryName("a-desk", Id, "video.completed", 7), DeliveryIds.Parse(DeliveryIds.Redelivery(first, 7)));
        Assert.Equal(first, DeliveryIds.Parse(DeliveryIds.Redelivery(first, 99))!.FirstId);
    }

    [Fact]
    public void All_deliveries_of_a_request_and_nothing_else_have_its_prefix()
    {
        var prefix = DeliveryIds.PrefixOf("desk", Id);
        var first = InstanceIds.OfDelivery("desk", Id, WebhookTypes.VideoFailed);

        Assert.All([first, DeliveryIds.Redelivery(first, 1)], id => Assert.StartsWith(prefix, id, StringComparison.Ordinal));
        Assert.All(
            [InstanceIds.Of("desk", Id), BatchIds.Instance("desk", Id), BatchIds.Lane("desk", Id, 0, 0), InstanceIds.OfDelivery("desk2", Id, "video.failed"), Resend("desk")],
            id => Assert.False(id.StartsWith(prefix, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("desk_1")]
    [InlineData("__desk_1")]
    [InlineData("_desk_1_video.completed_x")]
    public void Any_other_id_is_no_deliverys(string? id) => Assert.Null(DeliveryIds.Parse(id));

    [Fact]
    public void A_resending_is_no_delivery_and_is_numbered()
    {
        Assert.Null(DeliveryIds.Parse(Resend("desk")));
        Assert.Equal(12, DeliveryIds.NumberOfResend(Resend("desk")));
        Assert.False(Resend("desk").StartsWith(BatchIds.LanePrefix("desk", Id)[..9], StringComparison.Ordinal));
    }

    [Fact]
    public void An_endpoint_is_a_callers_url_without_its_query()
    {
        var endpoint = WebhookEndpoint.Of("desk", "https://shop.test/hook?order=1&key=secret");

        Assert.Equal(endpoint, WebhookEndpoint.Of("desk", "https://shop.test/hook?order=2"));
        Assert.Equal(endpoint.Key, WebhookEndpoint.Of("shop", "https://shop.test/hook").Key);
        Assert.NotEqual(endpoint.Key, WebhookEndpoint.Of("desk", "https://shop.test/hook/").Key);
        Assert.Equal(("https://shop.test/hook", "shop.test", "desk https://shop.test"), (endpoint.Url, endpoint.Host, endpoint.Place));
    }

    private static string Resend(string caller) => DeliveryIds.Resend(new WebhookEndpoint(caller, "https://shop.test/hook"), 12);
}
