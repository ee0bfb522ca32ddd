using System.CommandLine;
using Reel.Emulator;

var urls = new Option<string>("--urls") { Description = "Where to listen.", DefaultValueFactory = _ => "http://127.0.0.1:7072" };
var speed = new Option<double>("--speed") { Description = "How many times faster than the models' typical times.", DefaultValueFactory = _ => 1 };
var seed = new Option<int?>("--seed") { Description = "Makes render times and random faults the same in every run." };
var data = new Option<string?>("--data") { Description = "A folder in which accepted jobs and seen submits survive. Without it: memory only." };
var command = new RootCommand("Segmind, emulated: its API on this machine, with made-up videos and faults on demand.") { urls, speed, seed, data };

command.SetAction(async (arguments, ct) =>
{
    try
    {
        await using var server = await EmulatorServer.StartAsync(
            new EmulatorOptions
            {
                Urls = arguments.GetValue(urls)!,
                Speed = arguments.GetValue(speed),
                Seed = arguments.GetValue(seed),
                DataFolder = arguments.GetValue(data),
            },
            ct);
        Console.WriteLine($"Segmind's emulator listens on {server.Url}");
        Console.WriteLine("Any key of the form SG_ and 16 hexadecimal digits will do. Ctrl+C stops it.");
        await Task.Delay(Timeout.Infinite, ct).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        return 0;
    }
    catch (Exception exception) when (exception is ArgumentException or IOException or InvalidDataException or UnauthorizedAccessException)
    {
        await Console.Error.WriteLineAsync(exception.Message);
        return 1;
    }
});

return await command.Parse(args).InvokeAsync();
