using Reel.EndToEnd.Tests.Azurite;

namespace Reel.Cli.Tests.Commands;

/// <summary>Lines that are wrong, and lines that ask.</summary>
public sealed class UsageTests(CommandDesk desk) : IClassFixture<CommandDesk>
{
    private static readonly Uri Nowhere = new("http://127.0.0.1:1");

    public static TheoryData<string> Commands => new(
        "", "models", "generate", "generate kling-2.6", "generate kling-1.6-image2video", "status", "watch", "list", "cancel", "delete", "resubmit", "download", "batch", "usage", "deliveries",
        "batches", "batches list", "batches status", "batches cancel", "webhooks", "webhooks listen", "webhooks endpoints", "webhooks resume", "webhooks keys", "completion");

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Every_command_has_help_with_an_example(string command)
    {
        var ended = await desk.RunAsync([.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);

        Assert.Equal((0, ""), (ended.Code, ended.Error));
        var example = ended.Output[ended.Output.LastIndexOf("Example", StringComparison.Ordinal)..].Split('\n')[1];
        Assert.Contains($"reel {command}".Trim(), example, StringComparison.Ordinal);
        Assert.Contains("130 interrupted", ended.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("generat", "did you mean 'generate'?")]
    [InlineData("list --staus FAILED", "did you mean '--status'?")]
    [InlineData("list --jsn", "did you mean '--json'?")]
    [InlineData("list --since yesterday", "--since must be a time such as 2026-11-01 or 2026-11-01T12:00Z; got yesterday")]
    [InlineData("list --limit none", "--limit must be a whole number of at least 1; got none")]
    [InlineData("webhooks lisen", "did you mean 'listen'?")]
    [InlineData("webhooks", "reel webhooks has commands of its own: listen, endpoints, resume, keys")]
    [InlineData("download", "reel download needs ID: The request's id, as generate and list show it.")]
    [InlineData("fe5e0481-fc94-85f9-85bd-115649ebc1d8 cancel", "'fe5e0481-fc94-85f9-85bd-115649ebc1d8' stands before cancel; what a command is about comes after it.")]
    [InlineData("batches --limit 5 list", "'--limit' stands before list; --limit is an option of reel batches list and comes after it.")]
    [InlineData("--status=FAILED list", "'--status=FAILED' stands before list; --status is an option of reel list and comes after it.")]
    [InlineData("batches --limt 5 list", "reel batches list knows no '--limt'; did you mean '--limit'?")]
    [InlineData("list --batch", "--batch needs a value: ")]
    [InlineData("help nonsense", "reel knows no 'nonsense'")]
    [InlineData("help batchs", "reel knows no 'batchs'; did you mean 'batch'?")]
    [InlineData("help webhooks lisen", "reel webhooks knows no 'lisen'; did you mean 'listen'?")]
    [InlineData("batchs --help", "reel knows no 'batchs'; did you mean 'batch'?")]
    [InlineData("help generate kling-2.5", "There is no model 'kling-2.5'; did you mean 'kling-2.6'?")]
    [InlineData("batch requests.jsonl --retry", "reel batch knows no '--retry'; did you mean '--retry-failed'?")]
    [InlineData("webhooks endpoint", "did you mean 'endpoints'?")]
    [InlineData("webhooks resume hook", "URL must be an absolute http or https URL; got hook")]
    [InlineData("webhooks resume https://example.com/hook --redelivr", "did you mean '--redeliver'?")]
    [InlineData("batches cansel", "did you mean 'cancel'?")]
    [InlineData("batches status 7", "An ID is 32 hex digits in five groups")]
    [InlineData("list --batch 7", "--batch must be the id of a batch, as reel batches list shows it; got 7")]
    [InlineData("list --batch fe5e0481-fc94-85f9-85bd-115649ebc1d8 --model kling-2.6", "With --batch there is no --model, --since or --until.")]
    [InlineData("deliveries fe5e0481-fc94-85f9-85bd-115649ebc1d8 --event video.failed", "--event goes with --redeliver.")]
    [InlineData("batch requests.jsonl --retry-failes", "did you mean '--retry-failed'?")]
    [InlineData("batch requests.jsonl --retry-charged", "--retry-charged goes with --retry-failed.")]
    [InlineData("batch requests.jsonl --webhook-events video.done", "--webhook-events must be any of video.queued, video.processing, video.completed, video.failed, batch.completed; got video.done")]
    [InlineData("generate kling-2.6 --prompt fox --webhook-events video.queued,video.faild", "got video.faild; did you mean 'video.failed'?")]
    [InlineData("generate kling-2.5 --prompt fox", "There is no model 'kling-2.5'; did you mean 'kling-2.6'?")]
    [InlineData("generate kling-2.6 --promt fox", "did you mean '--prompt'?")]
    [InlineData("generate kling-2.6", "Option '--prompt' is required.")]
    [InlineData("generate kling-2.6 --prompt fox --duration 7", "--duration must be one of 5, 10; got 7")]
    [InlineData("generate kling-2.6 --prompt fox --cfg-scale 2", "--cfg-scale must be a number from 0 to 1; got 2")]
    [InlineData("generate kling-2.6 --prompt fox --generate-audio maybe", "--generate-audio must be true or false; got maybe")]
    [InlineData("generate kling-2.6 --prompt fox --metadata page", "--metadata must be name=value; got page")]
    [InlineData("generate kling-2.6 --prompt fox -o nowhere/fox.mp4", "There is no folder ")]
    [InlineData("generate kling-2.6 --prompt --dry-run", "--prompt has no value: --dry-run is an option itself. If it is the value: --prompt=--dry-run")]
    [InlineData("generate kling-2.6 --prompt --wait", "--prompt has no value: --wait is an option itself")]
    [InlineData("generate kling-2.6 --prompt -o fox.mp4", "--prompt has no value: -o is an option itself")]
    [InlineData("generate kling-2.6 --prompt --json=true", "--prompt has no value: --json=true is an option itself")]
    [InlineData("generate kling-2.6 --prompt fox -o --dry-run", "-o has no value: --dry-run is an option itself")]
    [InlineData("generate", "Which model? The models: kling-")]
    [InlineData("generate --wait", "Which model? The models: kling-")]
    [InlineData("generate --json", "Which model? The models: kling-")]
    [InlineData("watch --jsn fe5e0481-fc94-85f9-85bd-115649ebc1d8", "reel watch knows no '--jsn'; did you mean '--json'?")]
    [InlineData("download --outptu x fe5e0481-fc94-85f9-85bd-115649ebc1d8", "reel download knows no '--outptu'; did you mean '--output'?")]
    [InlineData("batch --ouut dir x.jsonl", "reel batch knows no '--ouut'; did you mean '--out'?")]
    [InlineData("models --jsn", "reel models knows no '--jsn'; did you mean '--json'?")]
    [InlineData("list -o x", "reel list knows no '-o'")]
    [InlineData("generate kling-2.6 --prompt fox -o ", "An empty name is no file: give one with -o.")]
    [InlineData("generate kling-2.6 --prompt fox --idempotency-key schlüssel", "--idempotency-key must be 1 to 255 characters of printable ASCII")]
    [InlineData("generate kling-2.6 --prompt fox --api-key schlüssel", "The key has a character that cannot be sent")]
    [InlineData("list --api-key schlüssel", "The key has a character that cannot be sent")]
    [InlineData("status ../models", "An ID is 32 hex digits in five groups")]
    [InlineData("webhooks listen --port 70000", "--port must be a whole number from 0 to 65535; got 70000")]
    [InlineData("completion tcsh", "tcsh")]
    [InlineData("generate kling-2.6 --prompt fox --url", "--url needs a value: ")]
    [InlineData("generate kling-2.6 --prompt fox --url ftp://example.com", "is no absolute http or https URL")]
    [InlineData("list --url ftp://example.com", "is no absolute http or https URL")]
    public async Task What_is_wrong_with_a_line_is_said_with_what_was_meant(string line, string said)
    {
        var ended = await desk.RunAsync(line.Split(' '));

        Assert.True(ended.Code == 2, $"{ended}");
        Assert.Contains(said, ended.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("did you mean '-h'", ended.Error, StringComparison.Ordinal);
        Assert.Empty(ended.Output);
    }

    [Theory]
    [InlineData("help", "reel [command]")]
    [InlineData("help batch", "reel batch <FILE>")]
    [InlineData("help webhooks resume", "reel webhooks resume <URL>")]
    public async Task Help_can_be_asked_for_by_a_word_too(string line, string usage)
    {
        var ended = await desk.RunAsync(line.Split(' '));

        Assert.Equal((0, ""), (ended.Code, ended.Error));
        Assert.Contains(usage, ended.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_written_with_an_equals_sign_is_a_value_whatever_it_looks_like()
    {
        var ended = await desk.RunAsync("generate", "kling-2.6", "--prompt=--wait", "--dry-run");

        Assert.True(ended.Code == 0, $"{ended}");
        Assert.Contains("prompt\t--wait\n", ended.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("generate")]
    [InlineData("generate --wait")]
    [InlineData("generate --json")]
    public async Task Without_a_model_and_without_a_server_it_is_5_too(string line)
    {
        var ended = await ReelCommandProcess.RunAsync(Nowhere, line.Split(' '));

        Assert.True(ended.Code == 5, $"{ended}");
        Assert.Contains("The models and their parameters are not known.", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_on_this_machine_is_refused_as_an_image_with_the_reason()
    {
        var home = TestFolder.Create();
        await File.WriteAllTextAsync(Path.Combine(home, "fox.png"), "");
        using var command = ReelCommandProcess.Start(desk.Server.Url, home, "generate", "kling-1.6-image2video", "--image", "fox.png");
        var ended = await command.EndAsync();

        Assert.Equal(2, ended.Code);
        Assert.Contains("--image must be a URL that the provider can fetch: a file on this machine cannot be sent along", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Errors_of_the_API_are_shown_by_parameter_and_with_json_as_they_came()
    {
        string[] line = ["generate", "kling-2.6", "--prompt", "fox", "--webhook-url", "gopher://example.com", "--metadata", $"x={new string('x', 5000)}"];

        var (shown, json) = (await desk.RunAsync(line), await desk.RunAsync([.. line, "--json"]));

        Assert.Equal((1, 1), (shown.Code, json.Code));
        Assert.Contains("  metadata must be at most 4096 bytes", shown.Error, StringComparison.Ordinal);
        Assert.Contains("  webhook_url must be", shown.Error, StringComparison.Ordinal);
        Assert.Equal("invalid_parameters", (string?)json.Json["error_code"]);
    }

    [Fact]
    public async Task A_server_that_is_away_is_5_and_help_remembers_what_it_said()
    {
        var home = TestFolder.Create();
        async Task<Ended> RunAsync(Uri url, params string[] arguments)
        {
            using var command = ReelCommandProcess.Start(url, home, arguments);
            return await command.EndAsync();
        }

        using var relay = new Relay(desk.Server.Url);
        var remembered = await RunAsync(relay.Url, "generate", "kling-2.6", "--prompt", "fox", "--dry-run");
        var there = await RunAsync(relay.Url, "generate", "kling-2.6", "--help");
        relay.Point(null);
        var away = await RunAsync(relay.Url, "generate", "kling-2.6", "--help");
        var sent = await RunAsync(relay.Url, "generate", "kling-2.6", "--prompt", "fox");
        var unknown = await RunAsync(Nowhere, "generate", "kling-2.6", "--prompt", "fox");

        Assert.Equal((0, 0, 0, 5, 5), (remembered.Code, there.Code, away.Code, sent.Code, unknown.Code));
        Assert.Contains("--aspect-ratio", away.Output, StringComparison.Ordinal);
        Assert.Equal(there.Output, away.Output);
        Assert.Contains("Whether it was accepted is not known. The same with --idempotency-key ", sent.Error, StringComparison.Ordinal);
        Assert.Contains(" within a day sends it, once at the most; later look at reel list first.", sent.Error, StringComparison.Ordinal);
        Assert.Contains("The models and their parameters are not known.", unknown.Error, StringComparison.Ordinal);
        Assert.Equal(5, (await ReelCommandProcess.RunAsync(Nowhere, "list")).Code);
    }

    [Fact]
    public async Task An_unknown_request_is_1_and_says_so()
    {
        var ended = await desk.RunAsync("status", "fe5e0481-fc94-85f9-85bd-115649ebc1d8");

        Assert.Equal(1, ended.Code);
        Assert.Contains("fe5e0481-fc94-85f9-85bd-115649ebc1d8 not found", ended.Error, StringComparison.Ordinal);
    }
}
