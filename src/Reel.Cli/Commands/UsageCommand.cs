using System.CommandLine;
using System.Globalization;
using Reel.Cli.Generating;
using Reel.Cli.Terminal;
using Reel.Client;

namespace Reel.Cli.Commands;

/// <summary><c>reel usage</c>.</summary>
internal sealed class UsageCommand : ReelCommand
{
    private readonly Option<DateTimeOffset?> since = Times.Option("--since", "From then on; else the last 30 days.");
    private readonly Option<DateTimeOffset?> until = Times.Option("--until", "Up to then.");

    public UsageCommand()
        : base("usage", "Shows what your requests cost, by UTC day and model.")
    {
        Add(since);
        Add(until);
        Example("reel usage --since 2026-11-01");
        Run(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, Session session, CancellationToken cancellationToken)
    {
        var usage = await session.Connect().Usage.GetAsync(parsed.GetValue(since), parsed.GetValue(until), cancellationToken);
        var screen = session.Screen;
        if (screen.IsJson)
        {
            screen.Write(usage.Json);
            return ExitCode.Done;
        }

        var rows = usage.Days.SelectMany(day => day.Models.Select(model => Row(day.Day.ToString("O", CultureInfo.InvariantCulture), model)));
        screen.Write(["DAY", "MODEL", "REQUESTS", "COMPLETED", "FAILED", "CANCELED", "OPEN", "COST"], rows.Append(Row("total", usage.Total)));
        if (usage.Total.ChargeUnknown > 0) screen.Say($"{usage.Total.ChargeUnknown} more may have been charged at a cost that is not known.");
        return ExitCode.Done;
    }

    private static IReadOnlyList<string?> Row(string day, ReelUsageFigures one) =>
        [day, one.Model, $"{one.Requests}", $"{one.Completed}", $"{one.Failed}", $"{one.Canceled}", $"{one.Open}", Prices.Show(one.CostUsd)];
}
