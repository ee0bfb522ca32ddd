using System.CommandLine;
using System.CommandLine.Help;
using Reel.Cli.Commands;
using Reel.Cli.Generating;
using Reel.Cli.Settings;
using Reel.Cli.Terminal;

namespace Reel.Cli;

/// <summary>The command <c>reel</c>: its commands, and how a line is read.</summary>
internal static class CommandLine
{
    // A prompt may begin with an @; it names no file.
    private static readonly ParserConfiguration Parsing = new() { ResponseFileTokenReplacer = null, EnablePosixBundling = false };

    // Downloads and terminals are left in order within this time.
    private static readonly TimeSpan TimeToEnd = TimeSpan.FromSeconds(10);

    /// <summary>Runs a line.</summary>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        if (arguments is ["help", .. var about]) arguments = [.. about, "--help"];
        if (arguments.Length == 0) return Create().Parse(["--help"], Parsing).Invoke();
        var parsed = await ParseAsync(root => root.Parse(arguments, Parsing), CatalogUse.Of);
        var fault = parsed.Action is HelpWithExamples ? UsageErrors.WriteHelpless(parsed, Console.Error) : UsageErrors.Write(arguments, parsed, Console.Error);
        if (fault is { } code) return code;
        return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeToEnd, EnableDefaultExceptionHandler = false });
    }

    /// <summary>A line as it stands so far, for completions.</summary>
    public static Task<ParseResult> ParseAsync(string line) => ParseAsync(root => root.Parse(line, Parsing), _ => CatalogUse.Glance);

    // The options of a model are the server's to say: where a line is about models, it is read again when they are known.
    private static async Task<ParseResult> ParseAsync(Func<Command, ParseResult> parse, Func<ParseResult, CatalogUse> useOf)
    {
        var root = Create();
        var parsed = parse(root);
        if (parsed.CommandResult.Command is not GenerateCommand generate) return parsed;

        await generate.AddModelsAsync(parsed, useOf(parsed));
        return parse(root);
    }

    private static ReelCommand Create()
    {
        var root = new ReelCommand("reel", "Reel in the terminal: Kling videos, durably.")
        {
            new ModelsCommand(),
            new GenerateCommand(),
            new StatusCommand(),
            new WatchCommand(),
            new ListCommand(),
            new CancelCommand(),
            new DeleteCommand(),
            new ResubmitCommand(),
            new DownloadCommand(),
            new BatchCommand(),
            new BatchesCommand(),
            new UsageCommand(),
            new DeliveriesCommand(),
            new WebhooksCommand(),
            new CompletionCommand(),
            new CompleteCommand(),
            new VersionOption(),
            new HelpOption("--help", "-h") { Recursive = true },
        };
        root.Example("reel generate kling-2.6 --prompt 'a lighthouse in a storm' --duration 5 -o lighthouse.mp4");
        foreach (var option in GlobalOptions.All) root.Add(option);
        foreach (var help in root.Options.OfType<HelpOption>()) help.Action = new HelpWithExamples((HelpAction)help.Action!);
        return root;
    }
}
