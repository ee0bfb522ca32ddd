using System.CommandLine;
using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using Reel.Local.Serve;
using Reel.Models;
using Reel.Storage;
using Spectre.Console;

namespace Reel.Local.Demo;

/// <summary><c>demo</c>: the whole flow on free ports, from two requests to two files and two verified webhooks.</summary>
internal static class DemoCommand
{
    private const double Speed = 60;

    // One from text, one from an image: the example bodies of their model pages.
    private static readonly string[] Models = ["kling-2.6", "kling-1.6-image2video"];

    /// <param name="stopsAreHeard">See <see cref="Start"/>.</param>
    public static Command Create(Task stopsAreHeard)
    {
        var output = new Option<string>("--out") { Description = "Where the two videos go.", DefaultValueFactory = _ => "reel-demo" };
        var command = new Command("demo", "Runs the main job from end to end on this machine, against an emulated provider; costs nothing.") { output };
        command.SetAction((parsed, cancellationToken) =>
            Start.RunAsync(() => RunAsync(Path.GetFullPath(parsed.GetRequiredValue(output)), cancellationToken), stopsAreHeard, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string output, CancellationToken cancellationToken)
    {
        var console = CreateConsole();
        var clock = Stopwatch.StartNew();
        Create(output);
        using var data = new TemporaryFolder();

        // Of what is set for a real Reel only the storage is looked at, for whoever cannot have Azurite: a demo spends nothing.
        var settings = new ConfigurationBuilder()
            .AddInMemoryCollection([
                new("Logging:LogLevel:Default", "Error"),
                new(StorageOptions.Setting, Environment.GetEnvironmentVariable(StorageOptions.Setting)),
            ])
            .Build();
        var options = new DeskOptions("http://127.0.0.1:0", data.Path, StoragePort: 0, EmulatorPort: 0, EmulatorSpeed: Speed);
        await using var desk = await Desk.StartAsync(options, settings, text => console.MarkupLineInterpolated($"[grey]{text}[/]"), cancellationToken);
        await using var receiver = await WebhookReceiver.StartAsync(desk.WebhookSecret, cancellationToken);
        Console.WriteLine(desk.Describe(withAdvice: false));
        Console.WriteLine($"Receiver  {receiver.Url}, verifies what comes");
        console.MarkupLineInterpolated($"[grey]Up after {clock.Elapsed.TotalSeconds:0.0} s[/]");
        console.WriteLine();

        using var http = new HttpClient { BaseAddress = desk.Url };
        var requests = new List<DemoRequest>();
        foreach (var slug in Models)
            requests.Add(await DemoRequest.SubmitAsync(http, ModelCatalog.Find(slug)!, receiver.Url, cancellationToken));

        await DemoProgress.ShowAsync(console, requests, Speed, cancellationToken);

        var sound = true;
        foreach (var request in requests)
        {
            var story = await request.FinishAsync(receiver, output, cancellationToken);
            sound &= story.IsSound;
            story.Write(console);
        }

        return sound ? 0 : 1;
    }

    private static void Create(string output)
    {
        try
        {
            Directory.CreateDirectory(output);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"The videos cannot go to {output}: {exception.Message.TrimEnd('.')}. Choose another folder with --out.", exception);
        }
    }

    // Into a file or a pipe goes plain text.
    private static IAnsiConsole CreateConsole() => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Ansi = Console.IsOutputRedirected ? AnsiSupport.No : AnsiSupport.Detect,
        ColorSystem = Console.IsOutputRedirected ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
    });
}
