using Reel.Batches;
using Reel.Generations;

namespace Reel.Tests.Batches;

public sealed class BatchIdsTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly string batch = BatchIds.New(Noon);

    [Fact]
    public void The_id_of_a_request_says_which_of_which_batch_it_is()
    {
        var ids = Enumerable.Range(0, BatchIds.MostRequests).Select(index => BatchIds.Request(batch, index)).ToList();

        Assert.Equal(ids.Order(StringComparer.Ordinal), ids);
        Assert.Equal(BatchIds.MostRequests, ids.Distinct().Count());
        Assert.All(ids, id => Assert.True(RequestId.IsValid(id)));
        Assert.All(ids, id => Assert.Equal(RequestId.AcceptedAt(batch), RequestId.AcceptedAt(id)));
        Assert.Equal(Enumerable.Range(0, ids.Count).Select(index => (batch, index)), ids.Select(BatchIds.Locate));
    }

    [Fact]
    public void A_batch_is_no_request_and_a_request_no_batch()
    {
        Assert.True(BatchIds.IsValid(batch));
        Assert.Equal(-1, BatchIds.Locate(batch).Index);
        Assert.False(BatchIds.IsValid(BatchIds.Request(batch, 999)));
        Assert.False(BatchIds.IsValid("nonsense"));
    }

    [Fact]
    public void Batches_list_newest_first() =>
        Assert.True(string.CompareOrdinal(BatchIds.New(Noon.AddSeconds(1)), BatchIds.New(Noon)) < 0);

    [Fact]
    public void A_block_has_sixteen_requests_in_it_and_no_other()
    {
        for (var block = 0; block * BatchIds.BlockSize < BatchIds.MostRequests; block++)
        {
            var prefix = BatchIds.BlockPrefix("desk", batch, block);
            var inside = Enumerable.Range(0, 1_024)
                .Where(index => InstanceIds.Of("desk", BatchIds.Request(batch, index)).StartsWith(prefix, StringComparison.Ordinal));
            Assert.Equal(Enumerable.Range(block * BatchIds.BlockSize, BatchIds.BlockSize), inside);
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(49, 5)]
    [InlineData(249, 10)]
    public void A_lanes_instance_says_which_lane_it_is(int lane, int attempt) =>
        Assert.Equal(lane, BatchIds.LaneIn(BatchIds.Lane("desk", batch, lane, attempt)));

    [Fact]
    public void No_prefix_finds_what_is_anothers()
    {
        // One caller's name begins with the other's, and looks like what stands before its instances.
        string[] callers = ["desk", "desk-2", "d"];
        foreach (var caller in callers)
        {
            foreach (var other in callers.Where(other => other != caller).Append("desk"))
            {
                string[] theirs =
                [
                    BatchIds.Instance(other, batch), BatchIds.Lane(other, batch, 0, 0), InstanceIds.OfDelivery(other, batch, "batch.completed"),
                ];
                Assert.DoesNotContain(theirs, id => id.StartsWith(InstanceIds.Prefix(caller), StringComparison.Ordinal));
                Assert.Equal(
                    other == caller ? 1 : 0, theirs.Count(id => id.StartsWith(BatchIds.Prefix(caller), StringComparison.Ordinal)));
                Assert.Equal(
                    other == caller ? 1 : 0, theirs.Count(id => id.StartsWith(BatchIds.LanePrefix(caller, batch), StringComparison.Ordinal)));
            }
        }
    }
}
