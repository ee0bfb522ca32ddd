using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Reel.Cli.Commands;

namespace Reel.Cli.Terminal;

/// <summary>Help as usual, and then how the command is used.</summary>
internal sealed class HelpWithExamples(HelpAction help) : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        help.Invoke(parseResult);
        if (parseResult.CommandResult.Command is ReelCommand command)
        {
            var output = parseResult.InvocationConfiguration.Output;
            if (command.Note is { } note) output.WriteLine($"{note}{Environment.NewLine}");
            output.WriteLine(command.Examples.Count > 1 ? "Examples:" : "Example:");
            foreach (var example in command.Examples) output.WriteLine($"  {example}");
            output.WriteLine($"{Environment.NewLine}Exit codes:{Environment.NewLine}  {ExitCode.Description}");
        }

        return ExitCode.Done;
    }
}
