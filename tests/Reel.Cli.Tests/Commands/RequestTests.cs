using System.Text.Json.Nodes;
using Reel.EndToEnd.Tests.Azurite;

namespace Reel.Cli.Tests.Commands;

/// <summary>Commands about requests that are there.</summary>
public sealed class RequestTests(CommandDesk desk) : IClassFixture<CommandDesk>
{
    [Fact]
    public async Task Many_are_watched_at_once_and_one_that_failed_makes_it_3()
    {
        List<string> ids = [];
        foreach (var prompt in new[] { "one", "two", "[fail] three" }) ids.Add((await desk.RunAsync("generate", "kling-2.6", "--prompt", prompt)).Output.Trim());

        var ended = await desk.RunAsync(["watch", .. ids]);

        Assert.True(ended.Code == 3, $"{ended}");
        Assert.Equal(ids, ended.Lines.Select(line => line.Split('\t')[0]));
        Assert.Equal(["COMPLETED", "COMPLETED", "FAILED"], ended.Lines.Select(line => line.Split('\t')[1]));
        Assert.Contains("provider_failed", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watching_in_JSON_gives_a_state_on_each_line_up_to_the_last()
    {
        var id = (await desk.RunAsync("generate", "kling-2.6", "--prompt", "lines")).Output.Trim();

        var ended = await desk.RunAsync("watch", id, "--json");

        var states = ended.Lines.Select(line => JsonNode.Parse(line)!.AsObject()).ToList();
        Assert.All(states, state => Assert.Equal(id, (string?)state["request_id"]));
        Assert.Equal("COMPLETED", (string?)states[^1]["status"]);
    }

    [Fact]
    public async Task Cancelled_resubmitted_or_not_and_deleted()
    {
        var id = (await desk.RunAsync("generate", "kling-2.6", "--prompt", "[stuck] until it is cancelled")).Output.Trim();

        var refused = await desk.RunAsync("delete", id);
        var cancelled = await desk.RunAsync("cancel", id, "--json");
        var resubmitted = await desk.RunAsync("resubmit", id);
        var status = await desk.RunAsync("status", id, "--json");
        var deleted = await desk.RunAsync("delete", id);
        var gone = await desk.RunAsync("status", id);

        Assert.Equal((1, 0, 1, 3, 0, 1), (refused.Code, cancelled.Code, resubmitted.Code, status.Code, deleted.Code, gone.Code));
        Assert.Contains("Cancel it first", refused.Error, StringComparison.Ordinal);
        Assert.Equal(("FAILED", "canceled"), ((string?)cancelled.Json["status"], (string?)status.Json["error_code"]));
        Assert.Contains("submit_outcome_unknown", resubmitted.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_download_has_its_name_once_it_is_whole_and_replaces_nothing()
    {
        var home = TestFolder.Create();
        var id = (await desk.RunAsync("generate", "kling-2.6", "--prompt", "to be had")).Output.Trim();
        var stuck = (await desk.RunAsync("generate", "kling-2.6", "--prompt", "[stuck] and not to be had")).Output.Trim();
        Assert.Contains("is not done yet", (await desk.RunAsync("download", stuck)).Error, StringComparison.Ordinal);
        Assert.Equal(0, (await desk.RunAsync("watch", id)).Code);
        await File.WriteAllTextAsync(Path.Combine(home, "other.mp4"), "mine");

        async Task<Ended> DownloadAsync(params string[] more)
        {
            using var command = ReelCommandProcess.Start(desk.Server.Url, home, ["download", id, .. more]);
            return await command.EndAsync();
        }

        var (first, again, other) = (await DownloadAsync(), await DownloadAsync(), await DownloadAsync("-o", "other.mp4"));

        Assert.Equal((0, 0, 1), (first.Code, again.Code, other.Code));
        Assert.Equal($"{id}.mp4", first.Output.Trim());
        Assert.Equal("mine", await File.ReadAllTextAsync(Path.Combine(home, "other.mp4")));
        Assert.Equal(2, Directory.GetFiles(home).Length);
    }

    [Fact]
    public async Task The_list_and_the_usage_know_them()
    {
        var id = (await desk.RunAsync("generate", "kling-1.6-text2video", "--prompt", "counted")).Output.Trim();
        Assert.Equal(0, (await desk.RunAsync("watch", id)).Code);

        var listed = await desk.RunAsync("list", "--all", "--model", "kling-1.6-text2video");
        var nothing = await desk.RunAsync("list", "--until", "2020-01-01", "--json");
        var usage = await desk.RunAsync("usage");
        var json = await desk.RunAsync("usage", "--json");

        Assert.StartsWith($"{id}\t", Assert.Single(listed.Lines), StringComparison.Ordinal);
        Assert.Equal((0, ""), (nothing.Code, nothing.Output));
        Assert.StartsWith("total\t", usage.Lines[^1], StringComparison.Ordinal);
        Assert.True((int)json.Json["total"]!["requests"]! >= 1);
    }
}
