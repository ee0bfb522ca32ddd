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
    private readonly Option<string?> batch = new("--batch") { Description = "Only those of this batch, in the order of its input.", HelpName = "id" };
    private readonly Option<int> limit = LimitOption();
    private readonly Option<bool> all = new("--all") { Description = "All there are." };

    public ListCommand()
        : base("list", "Shows your requests, newest first.")
    {
        status.CompletionSources.Add("QUEUED", "PROCESSING", "COMPLETED", "FAILED");
        batch.Validators.Add(given =>
        {
            if (given.Tokens is [{ Value: var text }, ..] && !IsId(text)) given.AddError($"--batch must be the id of a batch, as reel batches list shows it; got {text}");
        });
        foreach (var option in new Option[] { status, model, since, until, batch, limit, all }) Add(option);
        Example("reel list --status FAILED --since 2026-11-01");
        Example("reel list --all --json | jq -r 'select(.error_code == \"timed_out\") | .request_id'");
        Example("reel list --batch fe5e03b0-fc94-85f9-85bd-115649ebc1d8 --status FAILED");
        Run(RunAsync);
    }

    /// <summary>How many rows there are at the most.</summary>
    public static Option<int> LimitOption()
    {
        var option = new Option<int>("--limit") { Description = "How many at the most.", DefaultValueFactory = _ => 20 };
        option.Validators.Add(given =>
        {
            if (given.Tokens is [{ Value: var text }, ..] && !(int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0))
                given.AddError($"--limit must be a whole number of at least 1; got {text}");
        });
        return option;
    }

    private async Task<int> RunAsync(ParseResult parsed, Session session, CancellationToken cancellationToken)
    {
        var most = parsed.GetValue(all) ? int.MaxValue : parsed.GetValue(limit);
        var query = new RequestQuery(parsed.GetValue(status), parsed.GetValue(model), parsed.GetValue(since), parsed.GetValue(until), Math.Min(most, 100));
        if (parsed.GetValue(batch) is not null && (query.Model ?? (object?)query.Since ?? query.Until) is not null)
            throw new CommandException("With --batch there is no --model, --since or --until.", ExitCode.Usage);
        var client = session.Connect();
        var fitting = parsed.GetValue(batch) is { } id ? client.Batches.RequestsAsync(id, query.Status, cancellationToken) : client.Requests.ListAsync(query, cancellationToken);
        var found = fitting.Take(most);
        var screen = session.Screen;
        if (screen.IsTerminal && !screen.IsJson)
        {
            // A table's columns are as wide as all of its rows need.
            var requests = await found.ToListAsync(cancellationToken);
            screen.Write(RequestRows.Headings, requests.Select(RequestRows.Row));
            if (requests.Count == most) screen.Say($"The {(parsed.GetValue(batch) is null ? "newest" : "first")} {most}. More with --limit or --all.");
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
