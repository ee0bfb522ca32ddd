using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Reel.Cli.Terminal;
using Reel.Client;

namespace Reel.Cli.Generating;

/// <summary>A parameter of a model as an option named after it.</summary>
internal sealed partial class ParameterOption : Option<string?>
{
    private readonly ReelParameter parameter;
    private readonly string[] allowed;

    /// <param name="taken">The names that options have already.</param>
    public ParameterOption(ReelParameter parameter, IReadOnlySet<string> taken)
        : base(NameFor(parameter, taken))
    {
        this.parameter = parameter;
        allowed = [.. (parameter.Enum ?? []).Select(value => SafeText.Line(Show(value)))];
        Description = Describe(parameter);
        HelpName = allowed.Length > 0 ? string.Join('|', allowed) : parameter.Format is null ? parameter.Type : parameter.Format;
        Required = parameter.Required;
        if (IsFlag) (Arity, HelpName) = (ArgumentArity.ZeroOrOne, "true|false");
        if (ShortName(parameter) is { } shorter && !taken.Contains(shorter)) Aliases.Add(shorter);
        CompletionSources.Add(IsFlag ? ["true", "false"] : allowed);
        Validators.Add(Check);
    }

    /// <summary>The parameter's name in a body.</summary>
    public string Parameter => parameter.Name;

    private bool IsFlag => parameter.Type == "boolean";

    /// <summary>Whether a parameter can be an option at all: its name comes from a server.</summary>
    public static bool IsPossible(ReelParameter parameter) => ProperName().IsMatch(parameter.Name);

    /// <summary>The value as the body has it; null when it was not given.</summary>
    public JsonNode? Value(ParseResult parsed)
    {
        if (parsed.GetResult(this) is not { Implicit: false } given) return null;
        var text = given.Tokens.Count == 0 ? "true" : given.Tokens[^1].Value;
        return parameter.Type switch
        {
            "integer" => JsonValue.Create(long.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture)),
            "number" => JsonValue.Create(double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture)),
            "boolean" => JsonValue.Create(text == "true"),
            _ => JsonValue.Create(text),
        };
    }

    private void Check(OptionResult given)
    {
        var text = given.Tokens.Count == 0 ? "" : given.Tokens[^1].Value;
        var fault = given.Tokens.Count > 1 ? "is given more than once"
            : IsFlag ? text is "" or "true" or "false" ? null : "must be true or false"
            : allowed.Length > 0 ? allowed.Contains(text) ? null : $"must be one of {string.Join(", ", allowed)}"
            : parameter.Type switch
            {
                "integer" => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) && IsInRange(whole)
                    ? null
                    : $"must be a whole number{Range(parameter)}",
                "number" => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) && IsInRange(number)
                    ? null
                    : $"must be a number{Range(parameter)}",
                _ => text.Length > parameter.MaxLength ? $"must be at most {parameter.MaxLength} characters" : parameter.Format == "uri" ? LinkFault(text) : null,
            };
        if (fault is not null) given.AddError($"{given.IdentifierToken?.Value ?? Name} {fault}{(text.Length is > 0 and < 60 && fault != LinkFault(text) ? $"; got {text}" : "")}");
    }

    private bool IsInRange(double number) => !(number < parameter.Minimum || number > parameter.Maximum);

    // The API takes no bytes of an image: the provider fetches it.
    private static string? LinkFault(string text) => Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? null
        : text.StartsWith("data:", StringComparison.OrdinalIgnoreCase) || File.Exists(text)
            ? "must be a URL that the provider can fetch: a file on this machine cannot be sent along. Put it where it has a public https URL, and give that"
            : "must be an http or https URL that the provider can fetch";

    private static string NameFor(ReelParameter parameter, IReadOnlySet<string> taken)
    {
        var name = "--" + parameter.Name.Replace('_', '-');
        return taken.Contains(name) ? "--param-" + name[2..] : name;
    }

    // --image is what one tries first for image_url.
    private static string? ShortName(ReelParameter parameter) =>
        parameter.Format == "uri" && parameter.Name.EndsWith("_url", StringComparison.Ordinal) ? "--" + parameter.Name[..^4].Replace('_', '-') : null;

    private static string Describe(ReelParameter parameter)
    {
        var range = Range(parameter);
        var byDefault = parameter.Default is { ValueKind: not JsonValueKind.Null } value ? $" Default: {Show(value)}." : "";
        return SafeText.Line($"{parameter.Description}{(range.Length > 0 ? $" A number{range}." : "")}{byDefault}");
    }

    private static string Range(ReelParameter parameter) => (parameter.Minimum, parameter.Maximum) switch
    {
        ({ } least, { } most) => string.Create(CultureInfo.InvariantCulture, $" from {least} to {most}"),
        ({ } least, null) => string.Create(CultureInfo.InvariantCulture, $" of at least {least}"),
        (null, { } most) => string.Create(CultureInfo.InvariantCulture, $" of at most {most}"),
        _ => "",
    };

    /// <summary>A value as one would type it.</summary>
    public static string Show(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    [GeneratedRegex("^[a-z][a-z0-9_]{0,63}$")]
    private static partial Regex ProperName();
}
