using System.CommandLine;
using System.CommandLine.Parsing;

namespace Reel.Cli.Terminal;

/// <summary>Options that were read as something else: as the value of the option before them, or as an argument.</summary>
internal static class Misplaced
{
    private const string EndOfOptions = "--";

    /// <summary>
    /// An option that was read as the value of another, as where a shell makes nothing of an empty variable: <c>--prompt $P --dry-run</c>. It would be paid for.
    /// What is written with = is meant.
    /// </summary>
    /// <returns>What to say; null when there is none.</returns>
    public static string? Swallowed(IReadOnlyList<string> arguments, Command command)
    {
        var options = OptionsOf(command).ToList();
        for (var at = 0; at < arguments.Count - 1 && arguments[at] != EndOfOptions; at++)
        {
            if (Find(arguments[at]) is not { Arity.MinimumNumberOfValues: > 0 }) continue;
            var value = arguments[at + 1];
            if (Find(value.Split('=')[0]) is not null) return $"{arguments[at]} has no value: {value} is an option itself. If it is the value: {arguments[at]}={value}";
            at++;
        }

        return null;

        Option? Find(string word) => options.FirstOrDefault(option => option.Name == word || option.Aliases.Contains(word));
    }

    /// <summary>What was read as an argument and begins with a hyphen, without what comes after <c>--</c>.</summary>
    public static IReadOnlyList<string> Strays(IReadOnlyList<string> arguments, ParseResult parsed)
    {
        var mayBe = arguments.TakeWhile(word => word != EndOfOptions).Where(word => word.Length > 1 && word.StartsWith('-')).ToHashSet(StringComparer.Ordinal);
        return [.. parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(given => given.Tokens).Select(token => token.Value).Where(mayBe.Contains)];
    }

    /// <summary>The options of a command, with those of the commands that it is part of.</summary>
    public static IEnumerable<Option> OptionsOf(Command command) =>
        command.Options.Concat(command.Parents.OfType<Command>().SelectMany(parent => OptionsOf(parent).Where(option => option.Recursive)));
}
