using System.CommandLine;
using Reel.EndToEnd.Tests.Api;

namespace Reel.EndToEnd.Tests.CrashLab;

/// <summary>The lab by hand: this assembly is a program as well. See <c>tests/crash-lab</c>, and <c>tests/hostile</c>.</summary>
internal static class CrashLabProgram
{
    public static Task<int> Main(string[] args)
    {
        var kills = new Option<int>("--kills") { Description = "How many times Reel is killed.", DefaultValueFactory = _ => 1000 };
        var concurrency = new Option<int>("--concurrency") { Description = "Requests under way at once.", DefaultValueFactory = _ => 200 };
        var faults = new Option<double>("--faults") { Description = "The share of faulty answers of provider and receivers, 0 to 0.9.", DefaultValueFactory = _ => 0.2 };
        var seed = new Option<int>("--seed") { Description = "Repeats the choices of an earlier run.", DefaultValueFactory = _ => Random.Shared.Next(1_000_000) };
        var log = new Option<string?>("--log") { Description = "A file that gets everything that the killed processes said." };
        kills.Validators.Add(result => Check(result, result.GetValueOrDefault<int>() >= 1));
        concurrency.Validators.Add(result => Check(result, result.GetValueOrDefault<int>() >= 1));
        faults.Validators.Add(result => Check(result, result.GetValueOrDefault<double>() is >= 0 and <= 0.9));

        var command = new RootCommand("Kills Reel again and again under load, and looks whether every promise was kept.") { kills, concurrency, faults, seed, log, HostileCommand.Create() };
        command.SetAction(async (parsed, _) =>
        {
            var options = LabOptions.Long(
                parsed.GetValue(kills), parsed.GetValue(concurrency), parsed.GetValue(faults), parsed.GetValue(seed), parsed.GetValue(log));
            Console.WriteLine($"seed {options.Seed}");
            var report = await Lab.RunAsync(options, Console.WriteLine);
            Console.WriteLine(report);
            return report.Findings.IsEmpty ? 0 : 1;
        });
        return command.Parse(args).InvokeAsync();
    }

    private static void Check(System.CommandLine.Parsing.OptionResult result, bool isRight)
    {
        if (!isRight) result.AddError($"{result.Option.Name} is out of range.");
    }
}
