using System.CommandLine;
using Reel.Cli.Commands;

namespace Reel.Cli.Terminal;

/// <summary>Says what is wrong with a line, and what was probably meant.</summary>
internal static class UsageErrors
{
    /// <summary>Writes all that is wrong.</summary>
    public static int Write(ParseResult parsed, TextWriter error)
    {
        var command = parsed.CommandResult.Command;
        if (command is GenerateCommand { Trouble: { } trouble })
        {
            error.WriteLine(SafeText.Lines(trouble.Message));
            return trouble.ExitCode;
        }

        var unknown = Unknown(parsed);
        if (command is GenerateCommand generate && unknown.FirstOrDefault(token => !token.StartsWith('-')) is { } model)
        {
            // The options after it are those of a model that is not there.
            var models = string.Join(", ", generate.Subcommands.Select(one => one.Name));
            error.WriteLine(SafeText.Line($"There is no model '{model}'{(Meant(model, generate) is { } near ? $"; did you mean '{near}'?" : ".")} The models: {models}"));
        }
        else
        {
            var meant = unknown.Select(token => (Token: token, Meant: Meant(token, command))).ToList();
            foreach (var message in parsed.Errors.Select(one => one.Message).Distinct().Where(message => !IsToldBelow(message, parsed, meant)))
                error.WriteLine(SafeText.Lines(message));
            foreach (var (token, near) in meant)
                error.WriteLine(SafeText.Line($"{PathOf(command)} knows no '{token}'{(near is null ? "" : $"; did you mean '{near}'?")}"));
        }

        error.WriteLine($"See {PathOf(command)} --help");
        return ExitCode.Usage;
    }

    /// <summary>A command with those that it is part of.</summary>
    public static string PathOf(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? $"{PathOf(parent)} {command.Name}" : command.Name;

    /// <summary>What is not known, without the values of options that are not known.</summary>
    private static List<string> Unknown(ParseResult parsed) =>
        [.. parsed.UnmatchedTokens.Where((token, at) => token.StartsWith('-') || at == 0 || !parsed.UnmatchedTokens[at - 1].StartsWith('-'))];

    // That something is missing goes without saying when it was mistyped.
    private static bool IsToldBelow(string message, ParseResult parsed, List<(string Token, string? Meant)> meant) =>
        parsed.UnmatchedTokens.Any(token => message.Contains($"'{token}'", StringComparison.Ordinal))
        || meant.Any(one => one.Meant is not null && (message.Contains($"'{one.Meant}'", StringComparison.Ordinal) || !one.Token.StartsWith('-')));

    private static string? Meant(string token, Command command) => Spelling.Nearest(
        token.Split('=')[0],
        token.StartsWith('-')
            ? Options(command).Where(option => !option.Hidden).SelectMany(option => option.Aliases.Append(option.Name))
            : command.Subcommands.Where(one => !one.Hidden).Select(one => one.Name));

    private static IEnumerable<Option> Options(Command command) =>
        command.Options.Concat(command.Parents.OfType<Command>().SelectMany(parent => Options(parent).Where(option => option.Recursive)));
}
