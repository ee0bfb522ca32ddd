using Reel.Generations;

namespace Reel.Tests.Generations;

public sealed class RequestIdTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Ids_sort_newest_first_to_the_microsecond()
    {
        var times = Enumerable.Range(0, 2_000).Select(i => Noon.AddTicks(i * 10)).Concat([Noon.AddYears(40), Noon.AddDays(1)]).Order().ToList();

        var ids = times.Select(RequestId.New).ToList();

        Assert.Equal(ids.AsEnumerable().Reverse(), ids.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Ids_are_version_8_uuids_and_never_the_same()
    {
        var ids = Enumerable.Range(0, 10_000).Select(_ => RequestId.New(Noon)).ToHashSet();

        Assert.Equal(10_000, ids.Count);
        Assert.All(ids, id => Assert.Matches("^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$", id));
        Assert.All(ids, id => Assert.True(RequestId.IsValid(id)));
    }

    [Fact]
    public void An_id_says_when_its_request_was_accepted()
    {
        DateTimeOffset[] times = [Noon, Noon.AddTicks(1_234_567), Noon.AddYears(40).AddTicks(9_999_999), DateTimeOffset.UnixEpoch];

        Assert.All(times, time => Assert.Equal(time, RequestId.AcceptedAt(RequestId.New(time)), TimeSpan.FromMicroseconds(0.3)));
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(1_795_220_702_059), RequestId.AcceptedAt("fe5e0481-fc94-85f9-85bd-115649ebc1d8"), TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    public void The_first_id_of_a_time_comes_after_all_of_later_times_and_before_all_others()
    {
        var first = RequestId.First(Noon);

        Assert.True(RequestId.IsValid(first));
        for (var i = 0; i < 1_000; i++)
        {
            Assert.True(string.CompareOrdinal(RequestId.New(Noon), first) >= 0);
            Assert.True(string.CompareOrdinal(RequestId.New(Noon.AddTicks(-i * 100)), first) >= 0);
            Assert.True(string.CompareOrdinal(RequestId.New(Noon.AddTicks((i + 1) * 100)), first) < 0);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("0195F3A4-0000-8000-8000-000000000000")]
    [InlineData("{0195f3a4-0000-8000-8000-000000000000}")]
    [InlineData("0195f3a4000080008000000000000000")]
    [InlineData("0195f3a4-0000-8000-8000-00000000000~")]
    public void What_is_not_spelled_like_an_id_is_none(string text) => Assert.False(RequestId.IsValid(text));
}
