using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Reel.Benchmarks;
using Reel.Benchmarks.Engine;
using Reel.Benchmarks.Flight;
using Reel.Benchmarks.List;
using Reel.Benchmarks.Page;
using Reel.Benchmarks.Saving;
using Reel.Benchmarks.Schedule;
using Reel.Benchmarks.Start;
using Reel.Benchmarks.Submit;
using Reel.Benchmarks.Webhooks;

IReadOnlyList<IBenchmark> benchmarks =
[
    new FlightBenchmark(), new SubmitBenchmark(), new ListBenchmark(), new ScheduleBenchmark(),
    .. WebhookScenario.All.Select(scenario => new WebhookBenchmark(scenario)), new PageBenchmark(), new SavingBenchmark(), new StartBenchmark(),
    new EngineBenchmark(), new RecoveryBenchmark(),
];

var names = new Argument<string[]>("names")
{
    Description = $"Which to run: {string.Join(", ", benchmarks.Select(benchmark => benchmark.Name))}. All, when none is named.",
    Arity = ArgumentArity.ZeroOrMore,
};
names.AcceptOnlyFromAmong([.. benchmarks.Select(benchmark => benchmark.Name)]);
var json = new Option<FileInfo?>("--json") { Description = "A file for the figures as JSON." };
var scale = new Option<double>("--scale")
{
    Description = "Less than 1 makes everything smaller, to try a benchmark out; such figures say nothing about the targets.",
    DefaultValueFactory = _ => 1,
};
var command = new RootCommand("Measures Reel on this machine. Leave it alone meanwhile: whatever else runs is measured too.") { names, json, scale, CopyCommand.Create(), RecoveryProcess.Command };

command.SetAction(async (arguments, cancellationToken) =>
{
    var asked = arguments.GetRequiredValue(names);
    var results = new List<Result>();
    Console.WriteLine($"{Machine.Describe()}\n");
    foreach (var benchmark in benchmarks.Where(benchmark => asked.Length == 0 || asked.Contains(benchmark.Name)))
    {
        var folder = Directory.CreateTempSubdirectory("reel-benchmark-");
        try
        {
            var load = Machine.Load;
            var watch = Stopwatch.StartNew();
            var run = new BenchmarkRun(folder.FullName, arguments.GetValue(scale), text => Console.Error.WriteLine($"{watch.Elapsed.TotalSeconds,6:0.0} s  {text}"));
            var figures = await benchmark.RunAsync(run, cancellationToken);
            results.Add(new Result(benchmark, run.Scale, load, watch.Elapsed, figures));
            Console.WriteLine(results[^1].ToTable());
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        if (arguments.GetValue(json) is { } file) await File.WriteAllTextAsync(file.FullName, Write(results), cancellationToken);
    }
});

return await command.Parse(args).InvokeAsync();

static string Write(IEnumerable<Result> results) => new JsonObject
{
    ["at"] = DateTimeOffset.UtcNow,
    ["machine"] = Machine.ToJson(),
    ["benchmarks"] = new JsonArray([.. results.Select(result => result.ToJson())]),
}.ToJsonString(new JsonSerializerOptions { WriteIndented = true });
