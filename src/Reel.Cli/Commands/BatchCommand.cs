using System.CommandLine;
using System.Globalization;
using System.Runtime.ExceptionServices;
using Reel.Cli.Bulk;
using Reel.Cli.Generating;
using Reel.Cli.Terminal;

namespace Reel.Cli.Commands;

/// <summary><c>reel batch FILE</c>.</summary>
internal sealed class BatchCommand : ReelCommand
{
    private readonly Argument<string> file = new("FILE") { Description = "A request on each line, as {\"model\": \"kling-2.6\", \"prompt\": \"…\"}; - for standard input." };
    private readonly Option<string?> output = new("--out", "-o") { Description = "The folder for the videos; else one beside the file, with its name and -videos.", HelpName = "folder" };
    private readonly Option<int?> concurrency = new("--concurrency") { Description = "How many are under way at once; else as many as the server allows.", HelpName = "number" };
    private readonly Option<bool> skipInvalid = new("--skip-invalid") { Description = "Leave out lines that the server does not take, instead of stopping before the batch of up to 1,000 that they are in." };

    public BatchCommand()
        : base("batch", "Renders a file of requests and saves their videos. Each line is sent once: whatever ends this, run it again and it goes on.")
    {
        concurrency.Validators.Add(given =>
        {
            if (given.Tokens is [{ Value: var text }, ..] && !(int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0))
                given.AddError($"--concurrency must be a whole number of at least 1; got {text}");
        });
        Add(file);
        foreach (var option in new Option[] { output, concurrency, skipInvalid }) Add(option);
        Example("reel batch requests.jsonl --out videos");
        Example("jq -c '{model: \"kling-2.6\", prompt: .title}' pages.json | reel batch - --out videos --concurrency 20");
        Run(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, Session session, CancellationToken cancellationToken)
    {
        var (screen, path, url) = (session.Screen, parsed.GetRequiredValue(file), session.Settings.Url.AbsoluteUri);
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
        session.Farewell = "What was sent goes on. To go on with it here, run the same again.";
        var run = new BatchRun(session.ConnectPatiently(), folder, input, screen, session.Time);
        var results = await run.RunAsync(parsed.GetValue(concurrency), parsed.GetValue(skipInvalid), cancellationToken);
        var code = run.Stopped is null || results.Count > 0 ? Summarize(screen, to, results) : ExitCode.Done;
        if (run.Stopped is { } stopped) ExceptionDispatchInfo.Throw(stopped);
        return code;
    }

    private static async Task<BatchInput> ReadAsync(string path, CancellationToken cancellationToken)
    {
        if (path == "-") return await BatchInput.ReadAsync(Console.In, cancellationToken);
        using var reader = new StreamReader(path);
        return await BatchInput.ReadAsync(reader, cancellationToken);
    }

    private static int Summarize(Screen screen, string to, IReadOnlyList<BatchResult> results)
    {
        var saved = results.Count(result => result.IsSaved);
        if (!screen.IsJson) screen.Write(Path.Combine(to, "results.jsonl"));
        screen.Say($"{saved} of {results.Count} videos are in {to}. Reported cost: {Prices.Show(results.Sum(result => result.Cost ?? 0))}.");
        foreach (var kind in results.Where(result => !result.IsSaved).GroupBy(result => result.ErrorCode).OrderByDescending(kind => kind.Count()))
            screen.Say($"{kind.Count()} {SafeText.Line(kind.Key)}: line {string.Join(", ", kind.Take(10).Select(result => result.Line))}{(kind.Count() > 10 ? ", …" : "")}");
        return results switch
        {
            _ when results.Any(result => result.Status == BatchResult.Failed) => ExitCode.Failed,
            _ when saved < results.Count => ExitCode.Error,
            _ => ExitCode.Done,
        };
    }
}
