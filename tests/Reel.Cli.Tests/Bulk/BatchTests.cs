using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Reel.Cli.Tests.Commands;
using Reel.EndToEnd.Tests.Azurite;

namespace Reel.Cli.Tests.Bulk;

/// <summary><c>reel batch</c>: what is in the folder in the end.</summary>
public sealed class BatchTests(CommandDesk desk) : IClassFixture<CommandDesk>
{
    [Fact]
    public async Task Every_line_has_its_video_and_a_second_run_does_nothing()
    {
        var home = TestFolder.Create();
        await WriteAsync(home, "in.jsonl", Line("batch one"), "", Line("batch three"), Line("batch three"));

        var first = await RunAsync(home, "batch", "in.jsonl", "--out", "out", "--json");
        var second = await RunAsync(home, "batch", "in.jsonl", "--out", "out");

        Assert.True(first.Code == 0, $"{first}");
        Assert.True(second.Code == 0, $"{second}");
        var results = Results(home);
        Assert.Equal([1, 3, 4], results.Select(result => (int)result["line"]!));
        Assert.All(results, result => AssertSaved(home, result));
        Assert.Equal(3, first.Lines.Length);
        Assert.Equal(2, await desk.Bench.Provider.AcceptedAsync("batch three"));
    }

    [Fact]
    public async Task Failures_are_reported_by_line_and_the_others_are_saved()
    {
        var home = TestFolder.Create();
        using var command = ReelCommandProcess.Start(desk.Server.Url, home, "batch", "-", "--out", "out", "--concurrency", "2");
        await command.WriteAsync($"{Line("[fail] first")}\n{Line("fine second")}\n");
        var ended = await command.EndAsync();

        Assert.True(ended.Code == 3, $"{ended}");
        Assert.Contains("1 of 2 videos are in out.", ended.Error, StringComparison.Ordinal);
        Assert.Contains("1 provider_failed: line 1", ended.Error, StringComparison.Ordinal);
        Assert.Equal(["FAILED", "COMPLETED"], Results(home).Select(result => (string?)result["status"]));
    }

    [Fact]
    public async Task What_failed_is_ordered_again_when_that_is_asked_for_and_what_may_be_paid_already_only_when_that_is_said_too()
    {
        var home = TestFolder.Create();
        await WriteAsync(home, "in.jsonl", Line("retried once"), Line("retried unknown"), Line("retried never"));
        await desk.Bench.Provider.FaultsAsync(
            """{"where": "submit", "kind": "fail_job", "times": 1, "prompt_contains": "retried once"}""",
            """{"where": "submit", "kind": "reset", "accept": true, "times": 1, "prompt_contains": "retried unknown"}""");

        var first = await RunAsync(home, "batch", "in.jsonl", "--out", "out");
        var plain = await RunAsync(home, "batch", "in.jsonl", "--out", "out");
        var failed = await RunAsync(home, "batch", "in.jsonl", "--out", "out", "--retry-failed");
        var charged = await RunAsync(home, "batch", "in.jsonl", "--out", "out", "--retry-failed", "--retry-charged");

        Assert.Equal((3, 3, 3, 0), (first.Code, plain.Code, failed.Code, charged.Code));
        Assert.Contains("It is not known whether the provider took line 2: ", first.Error, StringComparison.Ordinal);
        Assert.Contains("Not ordered again, since they were charged or may have been: line 2.", failed.Error, StringComparison.Ordinal);
        Assert.All(Results(home), result => AssertSaved(home, result));
        Assert.Equal(2, await desk.Bench.Provider.AcceptedAsync("retried once"));
        Assert.Equal(2, await desk.Bench.Provider.AcceptedAsync("retried unknown"));
        Assert.Equal(1, await desk.Bench.Provider.AcceptedAsync("retried never"));
    }

    [Fact]
    public async Task With_an_invalid_line_nothing_is_sent_unless_it_may_be_left_out()
    {
        var home = TestFolder.Create();
        await WriteAsync(home, "in.jsonl", Line("valid line"), """{"model": "kling-2.6", "prompt": "x", "duration": 7}""", """{"model": "kling-2.5", "prompt": "x"}""");

        var refused = await RunAsync(home, "batch", "in.jsonl");
        Assert.Equal(0, await desk.Bench.Provider.AcceptedAsync("valid line"));
        var skipped = await RunAsync(home, "batch", "in.jsonl", "--skip-invalid");
        await WriteAsync(home, "in.jsonl", Line("valid line"), Line("mended line"), Line("mended line"));
        var mended = await RunAsync(home, "batch", "in.jsonl");

        Assert.Equal((2, 1, 0), (refused.Code, skipped.Code, mended.Code));
        Assert.Contains("line 2: duration must be one of 5, 10; got 7", refused.Error, StringComparison.Ordinal);
        Assert.Contains("line 3: model must be one of", refused.Error, StringComparison.Ordinal);
        Assert.Equal((1, 2), (await desk.Bench.Provider.AcceptedAsync("valid line"), await desk.Bench.Provider.AcceptedAsync("mended line")));
        Assert.All(Results(home, "in-videos"), result => AssertSaved(home, result, "in-videos"));
    }

    [Fact]
    public async Task Another_input_or_another_server_is_refused_in_a_folder_that_was_begun()
    {
        var home = TestFolder.Create();
        await WriteAsync(home, "in.jsonl", Line("first thought"));
        Assert.Equal(0, (await RunAsync(home, "batch", "in.jsonl", "--out", "out")).Code);
        await WriteAsync(home, "in.jsonl", Line("second thought"));

        var input = await RunAsync(home, "batch", "in.jsonl", "--out", "out");
        var server = await RunAsync(home, "batch", "in.jsonl", "--out", "out", "--url", "http://127.0.0.1:1");
        await WriteAsync(home, "broken.jsonl", Line("fine"), "{", "[]");
        var broken = await RunAsync(home, "batch", "broken.jsonl");

        Assert.Equal((2, 2, 2), (input.Code, server.Code, broken.Code));
        Assert.Contains("The input is another than the one that out was begun with", input.Error, StringComparison.Ordinal);
        Assert.Contains("was begun with the server at", server.Error, StringComparison.Ordinal);
        Assert.Contains("line 2 is no JSON object", broken.Error, StringComparison.Ordinal);
        Assert.Contains("line 3 is no JSON object", broken.Error, StringComparison.Ordinal);
        Assert.Equal(0, await desk.Bench.Provider.AcceptedAsync("second thought"));
    }

    [Fact]
    public async Task Without_a_folder_the_videos_go_beside_the_file_from_wherever_it_is_run()
    {
        var home = TestFolder.Create();
        Directory.CreateDirectory(Path.Combine(home, "some.day"));
        await WriteAsync(home, Path.Combine("some.day", "in.jsonl"), Line("beside"));
        using var command = ReelCommandProcess.Start(new Uri("http://127.0.0.1:1"), home, "batch", Path.Combine("some.day", "in.jsonl"));

        Assert.Equal(5, (await command.EndAsync()).Code);
        Assert.True(Directory.Exists(Path.Combine(home, "some.day", "in-videos")));
        Assert.False(Directory.Exists(Path.Combine(home, "in-videos")));
    }

    internal static string Line(string prompt) => new JsonObject { ["model"] = "kling-2.6", ["prompt"] = prompt, ["duration"] = 5 }.ToJsonString();

    internal static Task WriteAsync(string home, string name, params string[] lines) => File.WriteAllLinesAsync(Path.Combine(home, name), lines);

    internal static IReadOnlyList<JsonNode> Results(string home, string folder = "out") =>
        [.. File.ReadAllLines(Path.Combine(home, folder, "results.jsonl")).Select(line => JsonNode.Parse(line)!)];

    /// <summary>The file is there, under the name of its line and request, and is the one that the API announced.</summary>
    internal static void AssertSaved(string home, JsonNode result, string folder = "out")
    {
        Assert.Equal("COMPLETED", (string?)result["status"]);
        var name = string.Create(CultureInfo.InvariantCulture, $"{(int)result["line"]!:00000}-{(string?)result["request_id"]}.mp4");
        Assert.Equal(name, (string?)result["file"]);
        Assert.Equal((string?)result["sha256"], Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(home, folder, name)))));
    }

    private async Task<Ended> RunAsync(string home, params string[] arguments)
    {
        using var command = ReelCommandProcess.Start(desk.Server.Url, home, arguments);
        return await command.EndAsync();
    }
}
