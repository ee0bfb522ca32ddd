using System.CommandLine;
using System.Globalization;
using Reel.Cli.Terminal;
using Reel.Client;

namespace Reel.Cli.Commands;

/// <summary><c>reel webhooks endpoints</c>.</summary>
internal sealed class EndpointsCommand : ReelCommand
{
    public EndpointsCommand()
        : base("endpoints", "Shows the receivers that fail, are paused or have missed something. One that is paused is sent nothing until it is resumed.")
    {
        Example("reel webhooks endpoints");
        Example("reel webhooks endpoints --json | jq -r 'select(.state == \"paused\") | .url'");
        Run(RunAsync);
    }

    /// <summary>An endpoint as a row of text.</summary>
    public static IReadOnlyList<string?> Row(ReelEndpoint one) =>
    [
        one.Url,
        one.State,
        one.Missed.ToString(CultureInfo.InvariantCulture),
        Times.Show(one.PausedAt ?? one.FailingSince),
        Times.Show(one.LastFailureAt),
        one.LastStatus?.ToString(CultureInfo.InvariantCulture) ?? one.LastError,
    ];

    private static async Task<int> RunAsync(ParseResult parsed, Session session, CancellationToken cancellationToken)
    {
        var screen = session.Screen;
        var found = await session.Connect().Webhooks.EndpointsAsync(cancellationToken).ToListAsync(cancellationToken);
        if (screen.IsJson)
        {
            foreach (var one in found) screen.Write(one.Json);
            return ExitCode.Done;
        }

        screen.Write(["URL", "STATE", "MISSED", "SINCE", "LAST FAILURE", "WITH"], found.Select(Row));
        if (found.Count == 0) screen.Say("All of your endpoints are well: none fails, is paused or has missed anything.");
        else if (found.FirstOrDefault(one => one.State == "paused" || one.Missed > 0) is { } one) screen.Say($"To send to one again, and what it has missed: reel webhooks resume {one.Url} --redeliver");
        return ExitCode.Done;
    }
}
