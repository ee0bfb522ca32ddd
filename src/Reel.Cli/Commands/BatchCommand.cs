using System.CommandLine;
using System.Globalization;
using Reel.Cli.Bulk;
using Reel.Cli.Terminal;

namespace Reel.Cli.Commands;

/// <summary><c>reel batch FILE</c>.</summary>
internal sealed class BatchCommand : ReelCommand
{
    private readonly Argument<string> file = new("FILE") { Description = "A request on each line, as {\"model\": \"kling-2.6\", \"prompt\": \"…\"}; - for standard input." };
    private readonly Option<string?> output = new("--out", "-o") { Description = "The folder for the videos; else one beside the file, with its name and -videos.", HelpName = "folder" };
    private readonly Option<int?> concurrency = new("--concurrency") { Description = "How many are under way at once; else as many as the server allows.", HelpName = "number" };
    private readonly Option<bool> skipInvalid = new("--skip-invalid") { Description = "Leave out lines that the server does not take, instead of stopping before the batch of up to 1,000 that they are in." };

    private readonly Option<bool> retryFailed = new("--retry-failed") { Description = "Order lines again that FAILED and were not charged; each once in this run." };
    private readonly Option<bool> retryCharged = new("--retry-charged")
    {
        Description = "With --retry-failed: also those that were charged, or may have been, as with submit_outcome_unknown. You may pay twice for them.",
    };

    private readonly Option<string?> webhookUrl = new("--webhook-url") { Description = "Who is told when a batch of up to 1,000 lines is over.", HelpName = "url" };
    private readonly Option<string[]> webhookEvents = WebhookEventsOption.Create(WebhookEventsOption.OfBatch, "batch.completed");

    public BatchCommand()
        : base("batch", "Renders a file of requests and saves their videos. Each line is sent once: whatever ends this, run it again and it goes on.")
    {
        concurrency.Validators.Add(given =>
        {
            if (given.Tokens is [{ Value: var text }, ..] && !(int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0))
                given.AddError($"--concurrency must be a whole number of at least 1; got {text}");
        });
        Add(file);
        foreach (var option in new Option[] { output, concurrency, skipInvalid, retryFailed, retryCharged, webhookUrl, webhookEvents }) Add(option);
        Example("reel batch requests.jsonl --out videos");
        Example("reel batch requests.jsonl --out videos --retry-failed");
        Example("jq -c '{model: \"kling-2.6\", prompt: .title}' pages.json | reel batch - --out videos --concurrency 20");
        Run(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, Session session, CancellationToken cancellationToken)
    {
        var (screen, path, url) = (session.Screen, parsed.GetRequiredValue(file), session.Settings.Url.AbsoluteUri);
        if (parsed.GetValue(retryCharged) && !parsed.GetValue(retryFailed)) throw new CommandException("--retry-charged goes with --retry-failed.", ExitCode.Usage);
        if (path == "" || parsed.GetValue(output) == "") throw new CommandException("An empty name is no file and no folder.", ExitCode.Usage);

        // Beside the file, so that it is the same from wherever this is run.
        var to = parsed.GetValue(output)
            ?? (path == "-" ? throw new CommandException("Say with --out where the videos go.", ExitCode.Usage) : Path.ChangeExtension(path, null) + "-videos");
        var input = await ReadAsync(path, cancellationToken);
        using var folder = BatchFolder.Open(to);
        var state = folder.StateFor(url, session.Settings.ApiKey);

        // A server that is not there is told of at once; one that goes away in the middle is waited for.
        await session.Connect().Models.ListAsync(cancellationToken);
        folder.Save(state);
        session.Farewell = "What was sent goes on. To go on with it here, run the same again; to end it: reel batches list, and reel batches cancel ID";
        var client = session.ConnectPatiently();
        var wishes = new BatchWishes(
            parsed.GetValue(concurrency),
            parsed.GetValue(skipInvalid),
            parsed.GetValue(webhookUrl),
            WebhookEventsOption.Read(parsed, webhookEvents),
            parsed.GetValue(retryFailed),
            parsed.GetValue(retryCharged));
        return await new BatchJob(client, folder, input, screen, session.Time).RunAsync(wishes, cancellationToken);
    }

    private static async Task<BatchInput> ReadAsync(string path, CancellationToken cancellationToken)
    {
        if (path == "-") return await BatchInput.ReadAsync(Console.In, cancellationToken);
        using var reader = new StreamReader(path);
        return await BatchInput.ReadAsync(reader, cancellationToken);
    }
}
