using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Moq;
using Reel.Functions.Durable;
using Reel.Orchestration;
using Query = Reel.Orchestration.OrchestrationQuery;
using TheirQuery = Microsoft.DurableTask.Client.OrchestrationQuery;

namespace Reel.Functions.Tests.Durable;

/// <summary>What the client adapter makes of instances and of queries for them.</summary>
public sealed class ClientReadingTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly Mock<DurableTaskClient> inner = new(MockBehavior.Strict, "Reel");
    private readonly DurableOrchestrationClient client;

    public ClientReadingTests() => client = new DurableOrchestrationClient(new BoundDurableClient { Client = inner.Object }, TimeProvider.System);

#pragma warning disable CS0618 // Obsolete, and said by the host all the same.
    public static TheoryData<OrchestrationRuntimeStatus, RuntimeStatus> Statuses => new()
    {
        { OrchestrationRuntimeStatus.Pending, RuntimeStatus.Pending },
        { OrchestrationRuntimeStatus.Running, RuntimeStatus.Running },
        { OrchestrationRuntimeStatus.Suspended, RuntimeStatus.Running },
        { OrchestrationRuntimeStatus.ContinuedAsNew, RuntimeStatus.Running },
        { OrchestrationRuntimeStatus.Completed, RuntimeStatus.Completed },
        { OrchestrationRuntimeStatus.Failed, RuntimeStatus.Failed },
        { OrchestrationRuntimeStatus.Terminated, RuntimeStatus.Terminated },
        { OrchestrationRuntimeStatus.Canceled, RuntimeStatus.Terminated },
    };

    public static TheoryData<RuntimeStatus, OrchestrationRuntimeStatus[]> Filters => new()
    {
        { RuntimeStatus.Pending, [OrchestrationRuntimeStatus.Pending] },
        {
            RuntimeStatus.Running,
            [OrchestrationRuntimeStatus.Running, OrchestrationRuntimeStatus.Suspended, OrchestrationRuntimeStatus.ContinuedAsNew]
        },
        { RuntimeStatus.Completed, [OrchestrationRuntimeStatus.Completed] },
        { RuntimeStatus.Failed, [OrchestrationRuntimeStatus.Failed] },
        { RuntimeStatus.Terminated, [OrchestrationRuntimeStatus.Terminated, OrchestrationRuntimeStatus.Canceled] },
    };
#pragma warning restore CS0618

    [Theory]
    [MemberData(nameof(Statuses))]
    public async Task Every_status_there_has_one_here(OrchestrationRuntimeStatus theirs, RuntimeStatus ours)
    {
        Assert.Equal(ours, (await GetAsync(new OrchestrationMetadata("Work", "desk_1") { RuntimeStatus = theirs }))!.Status);
    }

    [Fact]
    public void No_status_is_forgotten()
    {
        Assert.Equal(Enum.GetValues<OrchestrationRuntimeStatus>().Order(), Statuses.Select(row => (OrchestrationRuntimeStatus)row[0]).Order());
        Assert.Equal(Enum.GetValues<RuntimeStatus>().Order(), Filters.Select(row => (RuntimeStatus)row[0]).Order());
    }

    [Fact]
    public async Task An_instance_keeps_what_it_tells_about_itself()
    {
        var found = await GetAsync(new OrchestrationMetadata("Work", "desk_1")
        {
            RuntimeStatus = OrchestrationRuntimeStatus.Completed,
            CreatedAt = Noon,
            LastUpdatedAt = Noon.AddMinutes(2),
            SerializedInput = """{"a":1}""",
            SerializedCustomStatus = """{"b":2}""",
            SerializedOutput = """{"c":3}""",
        });

        Assert.Equal(
            new OrchestrationInstance(
                "desk_1", "Work", RuntimeStatus.Completed, Noon, Noon.AddMinutes(2), """{"a":1}""", """{"b":2}""", """{"c":3}""", null),
            found);
    }

    [Fact]
    public async Task What_is_unknown_is_null()
    {
        Assert.Null(await GetAsync(null));
    }

    [Theory]
    [InlineData("it broke\nat some line", "it broke")]
    [InlineData("it broke", "it broke")]
    public async Task A_failed_instance_says_why_in_one_line_and_has_no_output(string message, string failure)
    {
        var found = await GetAsync(new OrchestrationMetadata("Work", "desk_1")
        {
            RuntimeStatus = OrchestrationRuntimeStatus.Failed,
            SerializedOutput = "Some.Exception: it broke",
            FailureDetails = new TaskFailureDetails("Some.Exception", message, "   at Secret.Place()", null, null),
        });

        Assert.Equal((failure, null), (found!.Failure, found.Output));
    }

    [Fact]
    public async Task A_failed_instance_in_a_list_has_no_details_and_says_why_by_its_output()
    {
        var failed = new OrchestrationMetadata("Work", "desk_1")
        {
            RuntimeStatus = OrchestrationRuntimeStatus.Failed,
            SerializedOutput = "Some.Exception: it broke\r\n   at some line",
        };
        Listing(new Pages(new Page<OrchestrationMetadata>([failed])));

        var found = Assert.Single((await client.ListAsync(new Query("desk_"))).Instances);

        Assert.Equal(("Some.Exception: it broke", null), (found.Failure, found.Output));
    }

    [Theory]
    [InlineData("\"by hand\"", "by hand")]
    [InlineData("\"by hand\\nfor a reason\"", "by hand")]
    [InlineData("by hand, not as JSON", "by hand, not as JSON")]
    [InlineData("""{"by":"hand"}""", """{"by":"hand"}""")]
    [InlineData(null, null)]
    public async Task A_terminated_instance_says_the_reason_that_was_given(string? output, string? failure)
    {
        var found = await GetAsync(new OrchestrationMetadata("Work", "desk_1")
        {
            RuntimeStatus = OrchestrationRuntimeStatus.Terminated,
            SerializedOutput = output,
        });

        Assert.Equal((failure, null), (found!.Failure, found.Output));
    }

    [Fact]
    public async Task A_query_says_there_what_it_says_here()
    {
        TheirQuery? asked = null;
        Listing(new Pages(new Page<OrchestrationMetadata>([])), query => asked = query);

        await client.ListAsync(new Query(
            "desk_", [RuntimeStatus.Pending, RuntimeStatus.Failed], Noon, Noon.AddHours(1), PageSize: 25, ContinuationToken: "token"));

        Assert.Equal(("desk_", 25, "token"), (asked!.InstanceIdPrefix, asked.PageSize, asked.ContinuationToken));
        Assert.Equal((Noon, Noon.AddHours(1).AddTicks(-1)), (asked.CreatedFrom, asked.CreatedTo)); // the end is inclusive there
        Assert.Equal([OrchestrationRuntimeStatus.Pending, OrchestrationRuntimeStatus.Failed], asked.Statuses);
        Assert.True(asked.FetchInputsAndOutputs);
    }

    // A time before all that storage knows would be refused there, or taken for none.
    [Fact]
    public async Task A_query_for_times_before_all_times_asks_for_none_of_them()
    {
        TheirQuery? asked = null;
        Listing(new Pages(new Page<OrchestrationMetadata>([])), query => asked = query);

        await client.ListAsync(new Query("desk_", CreatedFrom: DateTimeOffset.MinValue, CreatedTo: DateTimeOffset.MinValue));

        Assert.Equal((DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddTicks(-1)), (asked!.CreatedFrom, asked.CreatedTo));
    }

    [Fact]
    public async Task A_query_for_everything_filters_nothing()
    {
        TheirQuery? asked = null;
        Listing(new Pages(new Page<OrchestrationMetadata>([])), query => asked = query);

        await client.ListAsync(new Query(""));

        Assert.Equal((null, null, null, null), (asked!.InstanceIdPrefix, asked.Statuses, asked.CreatedFrom, asked.CreatedTo));
        Assert.Equal((100, null), (asked.PageSize, asked.ContinuationToken));
    }

    [Theory]
    [MemberData(nameof(Filters))]
    public async Task A_filter_asks_for_every_status_there_that_means_the_same(RuntimeStatus ours, OrchestrationRuntimeStatus[] theirs)
    {
        TheirQuery? asked = null;
        Listing(new Pages(new Page<OrchestrationMetadata>([])), query => asked = query);

        await client.ListAsync(new Query("desk_", [ours]));

        Assert.Equal(theirs, asked!.Statuses);
    }

    [Theory]
    [InlineData("next")]
    [InlineData(null)]
    public async Task A_page_is_one_page_with_its_token(string? token)
    {
        var pages = new Pages(
            new Page<OrchestrationMetadata>([new("Work", "desk_1"), new("Work", "desk_2")], token),
            new Page<OrchestrationMetadata>([new("Work", "desk_3")]));
        Listing(pages);

        var page = await client.ListAsync(new Query("desk_"));

        Assert.Equal(["desk_1", "desk_2"], page.Instances.Select(instance => instance.InstanceId));
        Assert.Equal(token, page.ContinuationToken);
        Assert.Equal(1, pages.Fetched);
    }

    [Fact]
    public async Task No_page_at_all_is_an_empty_last_one()
    {
        Listing(new Pages());

        var page = await client.ListAsync(new Query("desk_"));

        Assert.Empty(page.Instances);
        Assert.Null(page.ContinuationToken);
    }

    // Without inputs and outputs the host leaves the custom status out: the strict client knows no other call.
    private Task<OrchestrationInstance?> GetAsync(OrchestrationMetadata? there)
    {
        inner.Setup(c => c.GetInstanceAsync("desk_1", true, It.IsAny<CancellationToken>())).ReturnsAsync(there);
        return client.GetAsync("desk_1");
    }

    private void Listing(Pages pages, Action<TheirQuery?>? look = null) => inner
        .Setup(c => c.GetAllInstancesAsync(It.IsAny<TheirQuery?>()))
        .Callback((TheirQuery? query) => look?.Invoke(query))
        .Returns(pages);
}
