using System.Security.Cryptography;
using Reel.EndToEnd.Tests.Azurite;

namespace Reel.Cli.Tests.Commands;

/// <summary><c>reel generate</c>, and what comes after it.</summary>
public sealed class GenerateTests(CommandDesk desk) : IClassFixture<CommandDesk>
{
    [Fact]
    public async Task The_video_is_in_the_file_and_nothing_else_beside_it()
    {
        var home = TestFolder.Create();
        using var command = ReelCommandProcess.Start(desk.Server.Url, home, "generate", "kling-2.6", "--prompt", "a red fox", "--duration", "5", "-o", "fox.mp4");
        var ended = await command.EndAsync();

        Assert.True(ended.Code == 0, $"{ended}");
        Assert.Equal(["fox.mp4"], ended.Lines);
        Assert.Contains("Completed for $", ended.Error, StringComparison.Ordinal);
        Assert.Equal(["fox.mp4"], Directory.GetFiles(home).Select(Path.GetFileName));
        var submit = Assert.Single(await desk.Bench.Provider.SubmitsAsync("a red fox"));
        var theirs = await desk.Bench.Provider.FileAsync((string)submit["request_id"]!);
        Assert.Equal(Convert.ToHexString(SHA256.HashData(theirs)), Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(Path.Combine(home, "fox.mp4")))));
    }

    [Fact]
    public async Task Its_options_are_the_parameters_as_the_model_has_them()
    {
        var ended = await desk.RunAsync(
            "generate", "kling-2.6", "--prompt", "@a fox -x", "--duration", "5", "--cfg-scale", "0.25", "--generate-audio", "false", "--image", "https://example.com/fox.png",
            "--metadata", "page=7", "--json", "--wait");

        Assert.True(ended.Code == 0, $"{ended}");
        Assert.Equal("COMPLETED", (string?)ended.Json["status"]);
        Assert.Equal("7", (string?)ended.Json["metadata"]!["page"]);
        var sent = Assert.Single(await desk.Bench.Provider.SubmitsAsync("@a fox -x"))["parameters"]!;
        Assert.Equal((5, 0.25, false, "https://example.com/fox.png"), ((int)sent["duration"]!, (double)sent["cfg_scale"]!, (bool)sent["generate_audio"]!, (string)sent["image_url"]!));
    }

    [Fact]
    public async Task One_that_fails_ends_with_3_and_says_why_and_what_it_cost()
    {
        var ended = await desk.RunAsync("generate", "kling-2.6", "--prompt", "[blocked] a fox", "--wait");

        Assert.Equal(3, ended.Code);
        Assert.Contains("content_blocked", ended.Error, StringComparison.Ordinal);
        Assert.Contains("It was not charged.", ended.Error, StringComparison.Ordinal);
        Assert.Empty(ended.Output);
    }

    [Fact]
    public async Task The_same_idempotency_key_is_the_same_request()
    {
        string[] line = ["generate", "kling-2.6", "--prompt", "a fox, twice", "--idempotency-key", "twice"];

        var (first, second) = (await desk.RunAsync(line), await desk.RunAsync(line));

        Assert.Equal((0, first.Output), (second.Code, second.Output));
        Assert.Equal(36, first.Output.Trim().Length);
    }

    [Fact]
    public async Task A_dry_run_says_what_it_would_cost_and_sends_nothing()
    {
        var ended = await desk.RunAsync("generate", "kling-2.6", "--prompt", "a dry fox", "--duration", "5", "--generate-audio", "false", "--dry-run");

        Assert.Equal(0, ended.Code);
        Assert.Contains("duration\t5\n", ended.Output, StringComparison.Ordinal);
        Assert.Contains("$0.438", ended.Error, StringComparison.Ordinal);
        Assert.Empty(await desk.Bench.Provider.SubmitsAsync("a dry fox"));
    }

    [Fact]
    public async Task Ctrl_C_leaves_the_render_going_and_says_how_to_come_back()
    {
        using var command = ReelCommandProcess.Start(desk.Server.Url, TestFolder.Create(), "generate", "kling-2.6", "--prompt", "[stuck] fox", "--wait");
        await command.WaitForAsync("PROCESSING rendering");
        command.Interrupt();
        var ended = await command.EndAsync();

        Assert.Equal(130, ended.Code);
        Assert.Contains("The render goes on. To come back to it: reel watch ", ended.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", ended.Error, StringComparison.Ordinal);
        var id = ended.Error.Split("reel watch ")[1].Split(['\n', ';', ' '])[0];
        using var watch = ReelCommandProcess.Start(desk.Server.Url, TestFolder.Create(), "watch", id);
        await watch.WaitForAsync("PROCESSING rendering");
        watch.Interrupt();
        Assert.Equal(130, (await watch.EndAsync()).Code);
        Assert.Single(await desk.Bench.Provider.SubmitsAsync("[stuck] fox"));
    }

    [Fact]
    public async Task A_hostile_prompt_and_a_hostile_error_move_no_terminal()
    {
        await desk.Bench.Provider.FaultsAsync("""{"where": "submit", "kind": "status", "status": 400, "error": "\u001b]0;owned\u0007 [red]no[/] \u202e", "prompt_contains": "evil"}""");

        var ended = await desk.RunAsync("generate", "kling-2.6", "--prompt", "evil \u001b[2J [bold]x[/]", "--wait");
        var listed = await desk.RunAsync("list", "--json", "--limit", "100", "--status", "FAILED");

        Assert.Equal(3, ended.Code);
        Assert.DoesNotContain(ended.Error + ended.Output + listed.Output, c => char.IsControl(c) && c is not ('\n' or '\r'));
        Assert.DoesNotContain('\u202e', ended.Error + listed.Output);
        Assert.Contains("[red]no[/]", ended.Error, StringComparison.Ordinal);
    }
}
