using System.CommandLine;
using System.Text.RegularExpressions;
using Reel.Cli.Terminal;

namespace Reel.Cli.Commands;

/// <summary>What the scripts of <see cref="CompletionCommand"/> ask: how a line could go on, a word on each line.</summary>
internal sealed partial class CompleteCommand : Command
{
    private readonly Option<int?> position = new("--position") { Description = "Where the cursor is; else at the end." };
    private readonly Argument<string> line = new("LINE") { Description = "The line so far." };

    public CompleteCommand()
        : base("complete", "Says how a line could go on.")
    {
        Hidden = true;
        Add(position);
        Add(line);
        SetAction((parsed, _) => CompleteAsync(parsed));
    }

    private async Task<int> CompleteAsync(ParseResult parsed)
    {
        var text = parsed.GetRequiredValue(line);
        var cursor = Math.Clamp(parsed.GetValue(position) ?? text.Length, 0, text.Length);

        // What comes after the cursor has no say in what comes before it; and --status=F is completed as --status F is.
        var (before, option) = (text[..cursor], "");
        if (Assignment().Match(before) is { Success: true } match)
        {
            option = match.Value;
            before = $"{before[..match.Index]}{option[..^1]} {before[(match.Index + match.Length)..]}";
        }

        var soFar = await CommandLine.ParseAsync(before);
        var begun = soFar.GetCompletionContext().WordToComplete;
        var words = soFar.GetCompletions(before.Length)
            .Select(item => item.InsertText ?? item.Label)
            .Where(word => word.StartsWith(begun, StringComparison.OrdinalIgnoreCase))
            .Where(word => option.Length == 0 || !word.StartsWith('-'))
            .Select(word => option + word)
            .Distinct()
            .ToList();

        // Options come once somebody begins with a hyphen, or when there is nothing else.
        var others = words.Where(word => !word.StartsWith('-')).ToList();
        foreach (var word in others.Count > 0 ? others : words)
            await parsed.InvocationConfiguration.Output.WriteLineAsync(SafeText.Line(word));
        return ExitCode.Done;
    }

    // An option with = in the last word.
    [GeneratedRegex(@"(?<=\s)--[a-z0-9-]+=(?=\S*\z)")]
    private static partial Regex Assignment();
}
