using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Reel.Local.Engine.History;
using Reel.Local.Engine.Turns;
using Reel.Orchestration;

namespace Reel.Tests.Generations;

/// <summary>
/// Histories of instances that ran once, from the history table of the engine's file, or (DeliverWebhook.busy and its like, which take hours) as the
/// engine's own turns wrote them against a scripted time. If one no longer replays, a deployment of that change would fail every request that is under way: mend the change, not the recording. A new recording stands beside the old ones.
/// </summary>
public sealed class RecordedHistoryTests
{
    private static readonly TurnRunner Runner = new(ReelServices.CreateCatalog(), NullLoggerFactory.Instance);

    public static TheoryData<string> Recordings =>
        [.. Directory.EnumerateFiles(Folder, "*.json").Select(file => Path.GetFileName(file))];

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Generations", "Histories");

    [Theory]
    [MemberData(nameof(Recordings))]
    public void A_recorded_history_replays_to_its_end(string file)
    {
        var recording = Read(file);
        var outcome = Replay(recording, TurnsOf(recording).Count - 1);

        // An execution that another goes on from ends with that one's input.
        Assert.Equal((recording["next"] is null ? RuntimeStatus.Completed : RuntimeStatus.Running, (string?)null), (outcome.Status, outcome.Failure));
        Assert.True(JsonNode.DeepEquals(recording["next"], outcome.NextInput is null ? null : JsonNode.Parse(outcome.NextInput)));
        Assert.Empty(outcome.Ignored);
    }

    /// <summary>A process can be killed after any turn: who takes up the instance must ask for the same, under the same ids, and for nothing twice.</summary>
    [Theory]
    [MemberData(nameof(Recordings))]
    public void Taken_up_after_any_turn_it_asks_next_for_what_it_asked_for(string file)
    {
        var recording = Read(file);
        var turns = TurnsOf(recording);
        for (var next = 1; next < turns.Count; next++)
        {
            var outcome = Replay(recording, next);

            Assert.Equal((next, (string?)null), (next, outcome.Failure));
            Assert.Equal(turns[next].Outbound, outcome.Turn!.Outbound);
        }
    }

    [Theory]
    [MemberData(nameof(Recordings))]
    public void A_history_that_the_code_no_longer_matches_would_be_seen(string file)
    {
        var recording = Read(file);
        var first = recording["turns"]!.AsArray().SelectMany(turn => turn!["outbound"]!.AsArray()).First(action => action!["name"] is not null);
        first!["name"] = "SomethingElse";

        var outcome = Replay(recording, TurnsOf(recording).Count - 1);

        Assert.Equal(RuntimeStatus.Failed, outcome.Status);
        Assert.Contains("SomethingElse", outcome.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_orchestration_has_a_recording() => Assert.Equal(
        ReelServices.CreateCatalog().Orchestrations.Keys.Order(),
        Directory.EnumerateFiles(Folder, "*.json").Select(file => Read(Path.GetFileName(file))["name"]!.GetValue<string>()).Distinct().Order());

    private static JsonObject Read(string file) => JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, file)))!.AsObject();

    private static List<Turn> TurnsOf(JsonObject recording) =>
        [.. recording["turns"]!.AsArray().Select(turn => Turn.FromJson(System.Text.Encoding.UTF8.GetBytes(turn!.ToJsonString())))];

    /// <summary>Replays the turns before one, then lets what came in with that one come in.</summary>
    private static TurnOutcome Replay(JsonObject recording, int next)
    {
        var turns = TurnsOf(recording);
        var state = new InstanceState(
            1, recording["id"]!.GetValue<string>(), recording["name"]!.GetValue<string>(), RuntimeStatus.Running, 0,
            recording["input"]!.ToJsonString(), turns[0].Time, turns[next - 1].Time, null)
        {
            Turns = turns[..next],
        };
        List<Delivery> last = [.. turns[next].Inbound.Select(inbound => new Delivery(0, inbound))];
        var outcome = Runner.Run(state, last, turns[next].Time, () => { });
        Assert.NotNull(outcome);
        return outcome;
    }
}
