using System.CommandLine;
using System.Globalization;
using Reel.Cli.Terminal;
using Reel.Client;

namespace Reel.Cli.Commands;

/// <summary><c>reel list</c>.</summary>
internal sealed class ListCommand : ReelCommand
{
    private readonly Option<string?> status = new("--status") { Description = "Only these.", HelpName = "QUEUED|PROCESSING|COMPLETED|FAILED" };
    private readonly Option<string?> model = new("--model") { Description = "Only of this model.", HelpName = "model" };
    private readonly Option<DateTimeOffset?> since = Times.Option("--since", "Only those accepted from then on.");
    private readonly Option<DateTimeOffset?> until = Times.Option("--until", "Only those accepted before.");
    private readonly Option<int> limit = new("--limit") { Description = "How many at the most.", DefaultValueFactory = _ => 20 };
    private readonly Option<bool> all = new("--all") { Description = "All there are." };

    public ListCommand()
        : base("list", "Shows your requests, newest first.")
    {
        status.CompletionSources.Add("QUEUED", "PROCESSING", "COMPLETED", "FAILED");
        limit.Validators.Add(given =>
        {
            if (given.Tokens is [{ Value: var text }, ..] && !(int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0))
                given.AddError($"--limit must be a whole number of at least 1; got {text}");
        });
        foreach (var option in new Option[] { status, model, since, until, limit, all }) Add(option);
        Example("reel list --status FAILED --since 2026-11-01");
        Example("reel list --all --json | jq -r 'select(.error_code == \"timed_out\") | .request_id'");
        Run(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, Session session, CancellationToken cancellationToken)
    {
        var most = parsed.GetValue(all) ? int.MaxValue : parsed.GetValue(limit);
        var query = new RequestQuery(parsed.GetValue(status), parsed.GetValue(model), parsed.GetValue(since), parsed.GetValue(until), Math.Min(most, 100));
        var found = session.Connect().Requests.ListAsync(query, cancellationToken).Take(most);
        var screen = session.Screen;
        if (screen.IsTerminal && !screen.IsJson)
        {
            // A table's columns are as wide as all of its rows need.
            var requests = await found.ToListAsync(cancellationToken);
            screen.Write(RequestRows.Headings, requests.Select(RequestRows.Row));
            if (requests.Count == most) screen.Say($"The newest {most}. More with --limit or --all.");
            return ExitCode.Done;
        }

        await foreach (var request in found)
        {
            if (screen.IsJson) screen.Write(request.Json);
            else screen.Write(RequestRows.Headings, [RequestRows.Row(request)]);
        }

        return ExitCode.Done;
    }
}
