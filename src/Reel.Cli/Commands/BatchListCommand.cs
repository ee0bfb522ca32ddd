using System.CommandLine;
using Reel.Cli.Terminal;

namespace Reel.Cli.Commands;

/// <summary><c>reel batches list</c>.</summary>
internal sealed class BatchListCommand : ReelCommand
{
    private readonly Option<int> limit = ListCommand.LimitOption();
    private readonly Option<bool> all = new("--all") { Description = "All there are." };

    public BatchListCommand()
        : base("list", "Shows your batches, newest first.")
    {
        Add(limit);
        Add(all);
        Example("reel batches list");
        Example("reel batches list --all --json | jq -r 'select(.status == \"PROCESSING\") | .batch_id'");
        Run(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, Session session, CancellationToken cancellationToken)
    {
        var most = parsed.GetValue(all) ? int.MaxValue : parsed.GetValue(limit);
        var screen = session.Screen;
        var found = await session.Connect().Batches.ListAsync(cancellationToken).Take(most).ToListAsync(cancellationToken);
        if (screen.IsJson)
        {
            foreach (var batch in found) screen.Write(batch.Json);
            return ExitCode.Done;
        }

        screen.Write(BatchRows.Headings, found.Select(BatchRows.Row));
        if (screen.IsTerminal && found.Count == most) screen.Say($"The newest {most}. More with --limit or --all.");
        return ExitCode.Done;
    }
}
