using Reel.Generations;

namespace Reel.Tests.Generations;

/// <summary>Ids that lists can be made of, on both engines.</summary>
public sealed class InstanceIdsTests
{
    private const string Id = "fe5e046a-035f-8b11-aad1-82437cabd309";

    [Fact]
    public void A_callers_prefix_has_its_requests_and_no_others()
    {
        Assert.StartsWith(InstanceIds.Prefix("desk"), InstanceIds.Of("desk", Id), StringComparison.Ordinal);
        Assert.False(InstanceIds.Of("desk-2", Id).StartsWith(InstanceIds.Prefix("desk"), StringComparison.Ordinal));
        Assert.False(InstanceIds.OfDelivery("desk", Id, "video.completed").StartsWith(InstanceIds.Prefix("desk"), StringComparison.Ordinal));
    }

    [Fact]
    public void A_delivery_has_an_id_of_its_own_for_every_event()
    {
        Assert.StartsWith(InstanceIds.DeliveryPrefix, InstanceIds.OfDelivery("desk", Id, "video.completed"), StringComparison.Ordinal);
        Assert.NotEqual(InstanceIds.OfDelivery("desk", Id, "video.completed"), InstanceIds.OfDelivery("desk", Id, "video.failed"));
    }

    // Azure Storage asks for the keys below the prefix with its last character plus one, and table keys have no control characters.
    [Fact]
    public void A_prefix_can_be_counted_up_to_a_printable_character()
    {
        Assert.All([InstanceIds.Prefix("desk"), InstanceIds.DeliveryPrefix], prefix => Assert.InRange((char)(prefix[^1] + 1), '!', '~'));
    }
}
