using System.CommandLine;
using System.CommandLine.Invocation;
using Reel.Cli.Commands;

namespace Reel.Cli.Terminal;

/// <summary>Says what is wrong with a line, and what was probably meant.</summary>
internal static class UsageErrors
{
    // What somebody has begun and not ended counts from so many letters on.
    private const int LeastBeginning = 3;

    /// <summary>Writes all that is wrong.</summary>
    /// <returns>The exit code; null when nothing is wrong.</returns>
    public static int? Write(IReadOnlyList<string> arguments, ParseResult parsed, TextWriter error)
    {
        var command = parsed.CommandResult.Command;
        if (command is GenerateCommand { Trouble: { } trouble })
        {
            error.WriteLine(SafeText.Lines(trouble.Message));
            return trouble.ExitCode;
        }

        var strays = Misplaced.Strays(arguments, parsed);
        var swallowed = Misplaced.Swallowed(arguments, command);
        if (swallowed is null && strays.Count == 0 && parsed.Action is not ParseErrorAction) return null;
        var unknown = Unknown(parsed);
        if (swallowed is not null) error.WriteLine(SafeText.Line(swallowed));
        else if (strays.Count > 0)
        {
            // What comes after one that is not known may be its value or anything.
            foreach (var token in strays.Concat(unknown.Where(token => token.StartsWith('-')))) WriteUnknown(error, command, token, Meant(token, command));
        }
        else if (command is GenerateCommand generate && unknown.FirstOrDefault(token => !token.StartsWith('-')) is { } model)
        {
            // The options after it are those of a model that is not there.
            WriteNoModel(error, generate, model);
        }
        else
        {
            var meant = unknown.Select(token => (Token: token, Meant: Meant(token, command))).ToList();
            foreach (var message in parsed.Errors.Select(one => one.Message).Distinct().Where(message => !IsToldBelow(message, parsed, meant)))
                error.WriteLine(SafeText.Lines(Missing(message, parsed) ?? message));
            foreach (var (token, near) in meant)
            {
                if ((near is null || near == Word(token)) && IsBefore(token, command, arguments))
                    error.WriteLine(SafeText.Line($"'{token}' stands before {command.Name}; {(near is null ? "what a command is about" : $"{near} is an option of {PathOf(command)} and")} comes after it."));
                else WriteUnknown(error, command, token, near);
            }
        }

        error.WriteLine($"See {PathOf(command)} --help");
        return ExitCode.Usage;
    }

    /// <summary>Writes that there is no such command, where help was asked for one.</summary>
    /// <returns>The exit code; null where there is one, or where that cannot be known.</returns>
    public static int? WriteHelpless(ParseResult parsed, TextWriter error)
    {
        var command = parsed.CommandResult.Command;
        if (command is GenerateCommand { Trouble: not null } || command.Subcommands.Count == 0 || Unknown(parsed).FirstOrDefault(token => !token.StartsWith('-')) is not { } token) return null;
        if (command is GenerateCommand) WriteNoModel(error, command, token);
        else WriteUnknown(error, command, token, Meant(token, command));
        error.WriteLine($"See {PathOf(command)} --help");
        return ExitCode.Usage;
    }

    /// <summary>Writes that a model is to be named.</summary>
    public static int WriteMissingModel(Command generate, TextWriter error)
    {
        error.WriteLine(SafeText.Line($"Which model? The models: {Models(generate)}"));
        error.WriteLine($"See {PathOf(generate)} --help");
        return ExitCode.Usage;
    }

    /// <summary>Which option has no value, and what it would be; null where something else is wrong.</summary>
    public static string? MissingValue(string message, IEnumerable<Option> options) =>
        options.FirstOrDefault(option => option.Aliases.Append(option.Name).Any(name => message == $"Required argument missing for option: '{name}'.")) is { } without
            ? $"{without.Name} needs a value: {without.Description}"
            : null;

    /// <summary>A command with those that it is part of.</summary>
    public static string PathOf(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? $"{PathOf(parent)} {command.Name}" : command.Name;

    private static string Models(Command generate) => string.Join(", ", generate.Subcommands.Select(one => one.Name));

    private static void WriteUnknown(TextWriter error, Command command, string token, string? near) =>
        error.WriteLine(SafeText.Line($"{PathOf(command)} knows no '{token}'{(near is null ? "" : $"; did you mean '{near}'?")}"));

    private static void WriteNoModel(TextWriter error, Command generate, string model) =>
        error.WriteLine(SafeText.Line($"There is no model '{model}'{(Meant(model, generate) is { } near ? $"; did you mean '{near}'?" : ".")} The models: {Models(generate)}"));

    /// <summary>What is not known, without the values of options that are not known.</summary>
    private static List<string> Unknown(ParseResult parsed) =>
        [.. parsed.UnmatchedTokens.Where((token, at) => token.StartsWith('-') || at == 0 || !parsed.UnmatchedTokens[at - 1].StartsWith('-'))];

    /// <summary>What is missing, by its name; null where it is something else.</summary>
    private static string? Missing(string message, ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        if (command.Subcommands.Count > 0 && message == "Required command was not provided.")
            return $"{PathOf(command)} has commands of its own: {string.Join(", ", command.Subcommands.Where(one => !one.Hidden).Select(one => one.Name))}";
        if (MissingValue(message, Misplaced.OptionsOf(command)) is { } value) return value;
        return message == $"Required argument missing for command: '{command.Name}'."
            && command.Arguments.FirstOrDefault(one => one.Arity.MinimumNumberOfValues > 0 && parsed.GetResult(one) is null or { Tokens.Count: 0 }) is { } argument
            ? $"{PathOf(command)} needs {argument.Name}: {argument.Description}"
            : null;
    }

    // Without the value that is written with it.
    private static string Word(string token) => token.Split('=')[0];

    private static bool IsBefore(string token, Command command, IReadOnlyList<string> arguments) =>
        arguments.TakeWhile(word => word != command.Name).Contains(token) && arguments.Contains(command.Name);

    // That something is missing goes without saying when it was mistyped.
    private static bool IsToldBelow(string message, ParseResult parsed, List<(string Token, string? Meant)> meant) =>
        parsed.UnmatchedTokens.Any(token => message.Contains($"'{token}'", StringComparison.Ordinal))
        || meant.Any(one => one.Meant is not null && (message.Contains($"'{one.Meant}'", StringComparison.Ordinal) || !one.Token.StartsWith('-')));

    private static string? Meant(string token, Command command)
    {
        // One letter is as near to any other.
        if (token.StartsWith('-') && token.Length <= 2) return null;
        var word = Word(token);
        List<string> known = token.StartsWith('-')
            ? [.. Misplaced.OptionsOf(command).Where(option => !option.Hidden).SelectMany(option => option.Aliases.Append(option.Name)).Where(name => name.Length > 2)]
            : [.. command.Subcommands.Where(one => !one.Hidden).Select(one => one.Name)];
        return Spelling.Nearest(word, known) ?? (word.Length >= LeastBeginning ? known.FirstOrDefault(name => name.StartsWith(word, StringComparison.OrdinalIgnoreCase)) : null);
    }
}
