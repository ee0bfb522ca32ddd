using System.CommandLine;
using Microsoft.Extensions.Configuration;
using Reel.Local.Azurite;

namespace Reel.Local.Serve;

/// <summary><c>serve</c>: the API on this machine, with all that it needs.</summary>
internal static class ServeCommand
{
    /// <param name="stopsAreHeard">See <see cref="Start"/>.</param>
    public static Command Create(Task stopsAreHeard)
    {
        var urls = new Option<string>("--urls")
        {
            Description = "Where to listen; several separated by semicolons.",
            DefaultValueFactory = _ => "http://127.0.0.1:7071",
        };
        var data = new Option<string>("--data")
        {
            Description = "The folder that keeps everything: the orchestrations, Azurite's blobs, the emulator's records.",
            DefaultValueFactory = _ => ".reel",
        };
        var storagePort = new Option<int>("--storage-port")
        {
            Description = "Where an Azurite is looked for, and else started if the port is free; 0 starts one on any free port.",
            DefaultValueFactory = _ => AzuriteServer.DefaultPort,
        };
        var command = new Command("serve", "Serves the API until Ctrl+C. Settings come from the environment; README lists them.") { urls, data, storagePort };
        command.SetAction((parsed, cancellationToken) =>
        {
            var options = new DeskOptions(
                parsed.GetRequiredValue(urls), Path.GetFullPath(parsed.GetRequiredValue(data)), parsed.GetRequiredValue(storagePort));
            return Start.RunAsync(() => RunAsync(options, cancellationToken), stopsAreHeard, cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(DeskOptions options, CancellationToken cancellationToken)
    {
        var settings = new ConfigurationBuilder().AddEnvironmentVariables().Build();
        await using var desk = await Desk.StartAsync(options, settings, Say, cancellationToken);
        Console.WriteLine(desk.Describe(withAdvice: true));
        Console.WriteLine($$"""Try       curl -s {{desk.Url.GetLeftPart(UriPartial.Authority)}}/v2/kling-2.6 -H 'content-type: application/json' -d '{"prompt": "a lighthouse in a storm"}'""");
        await desk.WaitAsync(cancellationToken);
        return 0;
    }

    private static void Say(string text)
    {
        try
        {
            Console.Error.WriteLine(text);
        }
        catch (IOException)
        {
            // It may go to a file on a disk that is full. What is to be said about that is no reason to stop working.
        }
    }
}
