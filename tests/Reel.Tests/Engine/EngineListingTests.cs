using System.Globalization;
using Reel.Local.Engine.Store;
using Reel.Orchestration;

namespace Reel.Tests.Engine;

/// <summary>What a list finds and how: the same as looking at everything, and by an index.</summary>
public sealed class EngineListingTests
{
    private const int Instances = 600;
    private const string Heads = "instances_heads";
    private const string Models = "instances_models";
    private static readonly string[] Callers = ["a", "ab", "b", "_a"];
    private static readonly string?[] ModelNames = ["kling-2.6", "kling-1.6", "rare", null];
    private static readonly string[] States = ["queued", "processing", "completed", "failed"];
    private static readonly DateTimeOffset Day = new(2026, 11, 5, 0, 0, 0, TimeSpan.Zero);

    /// <summary>A query, and the indexes that it is to go by; with equalities on all their columns before the id.</summary>
    public static TheoryData<string, string, string> Plans => new()
    {
        { "", "instances_listing", "id>? AND id<?" },
        { "open", "instances_open", "id>? AND id<?" },
        { "open model", "instances_open", "id>? AND id<?" },
        { "model", Models, "<expr>=? AND id>? AND id<?" },
        { "finished model times", Models, "<expr>=? AND id>? AND id<?" },
        { "head", $"{Heads} instances_broken", "<expr>=? AND id>? AND id<?" },
        { "head times", $"{Heads} instances_broken", "<expr>=? AND id>? AND id<?" },
        { "head model", "instances_model_heads instances_broken", "<expr>=? AND <expr>=? AND id>? AND id<?" },
        { "head model open times", "instances_model_heads instances_broken", "<expr>=? AND <expr>=? AND id>? AND id<?" },
    };

    [Theory]
    [MemberData(nameof(Plans))]
    public void A_list_goes_by_an_index_in_its_order_and_sorts_nothing(string terms, string indexes, string range)
    {
        using var folder = new TempFolder();
        using var connection = Open(folder);
        var query = new OrchestrationQuery("a_");
        foreach (var term in terms.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            query = term switch
            {
                "open" => query with { Statuses = [RuntimeStatus.Pending, RuntimeStatus.Running] },
                "finished" => query with { Statuses = [RuntimeStatus.Completed] },
                "model" => query with { InputModel = "rare" },
                "head" => query with { StatusHead = Head("failed") },
                _ => query with { CreatedFrom = Day, CreatedTo = Day.AddDays(1) },
            };
        }

        foreach (var after in (string?[])[null, "a_1"])
        {
            var listings = Listing.Of(query, after);
            Assert.Equal(indexes.Split(' '), listings.Select(listing => listing.Index));

            var plan = Assert.Single(Explain(connection, listings[0]));
            Assert.Contains($"USING INDEX {listings[0].Index} ({range})", plan, StringComparison.Ordinal);
            Assert.All(listings, listing => Assert.DoesNotContain("TEMP B-TREE", string.Join('\n', Explain(connection, listing)), StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Whatever_is_asked_for_a_list_finds_what_a_look_at_everything_finds()
    {
        using var folder = new TempFolder();
        var random = new Random(5);
        using (var connection = Open(folder)) Fill(connection, random);
        using var reader = new StoreReader(folder.Database);
        var all = reader.Read(reads => reads.List(new OrchestrationQuery(""), null, Instances));
        Assert.Equal(Instances, all.Count);

        for (var round = 0; round < 400; round++)
        {
            var query = new OrchestrationQuery(
                Pick<string>([.. Callers.Select(caller => caller + "_"), ""])!,
                Pick<IReadOnlyList<RuntimeStatus>?>([null, null, [RuntimeStatus.Pending, RuntimeStatus.Running], [RuntimeStatus.Completed], [RuntimeStatus.Running, RuntimeStatus.Failed], []]),
                Pick<DateTimeOffset?>([null, null, Day.AddHours(random.Next(50))]),
                Pick<DateTimeOffset?>([null, null, Day.AddHours(random.Next(50))]),
                StatusHead: Pick<string?>([null, null, .. States.Select(Head)]),
                InputModel: Pick([null, null, .. ModelNames, "no such"]),
                From: Pick([null, null, "", "a_8", "ab_2", all[random.Next(all.Count)].InstanceId]));
            var expected = all.Where(instance => Fits(query, instance)).Select(instance => instance.InstanceId).ToList();

            var size = random.Next(1, 40);
            List<string> found = [];
            string? after = null;
            while (reader.Read(reads => reads.List(query, after, size)) is { Count: > 0 } page)
            {
                Assert.InRange(page.Count, 1, size);
                found.AddRange(page.Select(instance => instance.InstanceId));
                after = found[^1];
            }

            Assert.True(expected.SequenceEqual(found), $"{query}: expected {expected.Count}, found {found.Count}");
        }

        T? Pick<T>(IReadOnlyList<T?> from) => from[random.Next(from.Count)];
    }

    [Fact]
    public async Task A_file_of_before_the_indexes_gets_them_and_lists_by_them()
    {
        using var folder = new TempFolder();
        using (var connection = Open(folder))
        {
            Fill(connection, new Random(7));
            foreach (var index in (string[])["instances_heads", "instances_models", "instances_model_heads", "instances_open", "instances_broken"])
                connection.Execute($"DROP INDEX {index}");
            connection.Execute($"CREATE INDEX instances_head ON instances ({Schema.StatusHead}, id)");
        }

        await using var host = await EngineHost.StartAsync(new OrchestrationCatalog(), folder.Path);
        var page = await host.Client.ListAsync(new OrchestrationQuery("a_", PageSize: 1_000, StatusHead: Head("failed"), InputModel: "rare"));

        var all = (await host.Client.ListAsync(new OrchestrationQuery("a_", PageSize: 1_000))).Instances;
        Assert.NotEmpty(page.Instances);
        Assert.Equal(
            all.Where(instance => Fits(new OrchestrationQuery("a_", StatusHead: Head("failed"), InputModel: "rare"), instance)).Select(instance => instance.InstanceId),
            page.Instances.Select(instance => instance.InstanceId));
        using var reading = StoreConnection.Open(folder.Database, readOnly: true);
        Assert.Equal(0, reading.Scalar("SELECT count(*) FROM sqlite_master WHERE name = 'instances_head'"));
    }

    private static bool Fits(OrchestrationQuery query, OrchestrationInstance instance) =>
        instance.InstanceId.StartsWith(query.Prefix, StringComparison.Ordinal)
        && string.CompareOrdinal(instance.InstanceId, query.From) >= 0
        && query.Statuses?.Contains(instance.Status) != false
        && !(instance.CreatedAt < query.CreatedFrom)
        && !(instance.CreatedAt >= query.CreatedTo)
        && (query.InputModel is null || instance.Input!.Contains($"\"model\":\"{query.InputModel}\",", StringComparison.Ordinal))
        && (query.StatusHead is null || instance.Status >= RuntimeStatus.Failed || instance.CustomStatus?.StartsWith(query.StatusHead, StringComparison.Ordinal) == true);

    private static StoreConnection Open(TempFolder folder)
    {
        StoreFile.MakeIfMissing(folder.Database);
        var connection = StoreConnection.Open(folder.Database, readOnly: false);
        Schema.Complete(connection);
        return connection;
    }

    private static void Fill(StoreConnection connection, Random random)
    {
        var writes = new StoreWrites(connection);
        connection.Execute("BEGIN");
        for (var i = 0; i < Instances; i++)
        {
            var at = Day.AddMinutes(random.Next(50 * 60)).UtcTicks;
            var id = $"{Callers[random.Next(Callers.Length)]}_{random.Next().ToString("x8", CultureInfo.InvariantCulture)}{i}";
            var model = ModelNames[random.Next(ModelNames.Length)];

            // A prompt may say what a member says.
            var input = model is null ? "\"rare\"" : $$"""{"prompt":"{\"model\":\"rare\",}","model":"{{model}}","n":{{i}}}""";
            var status = (RuntimeStatus)random.Next(5);
            var key = writes.InsertInstance(id, "Main", RuntimeStatus.Running, false, at, input, null)!.Value;
            if (random.Next(4) > 0) writes.SetCustomStatus(key, $$"""{"status":"queued","n":{{i}}}""");
            if (random.Next(4) > 0) writes.SetCustomStatus(key, $$"""{"status":"{{States[random.Next(4)]}}","n":{{i}}}""");
            if (status >= RuntimeStatus.Completed) writes.Finish(key, at, status, null, null);
        }

        connection.Execute("COMMIT");
    }

    private static List<string> Explain(StoreConnection connection, Listing listing)
    {
        List<string> plan = [];
        using var rows = connection.PrepareOnce("EXPLAIN QUERY PLAN " + listing.Select("*"));
        foreach (var value in listing.Values) rows.With(value);
        rows.With(10);
        while (rows.Step()) plan.Add(rows.Text(3));
        return plan;
    }

    private static string Head(string status) => $"{{\"status\":\"{status}\",";
}
