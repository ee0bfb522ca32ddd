using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Reel.Models;

/// <summary>Checks a body against a model before anything is paid for, and reports all that is wrong with it at once.</summary>
public static class ParameterValidator
{
    /// <summary>The most faults in one report; a last one says how many more there are.</summary>
    public const int MostFaults = 50;

    // Prompts in any language should not grow sixfold on their way; the text goes into a JSON body, never into HTML.
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// Checks <paramref name="body"/>. Parameters not sent, or sent as null, stay out of the result: the provider applies its own defaults.
    /// </summary>
    /// <param name="reserved">Names that are not the model's business, whatever their values; not sent on.</param>
    public static ParameterCheck Validate(VideoModel model, JsonElement body, IReadOnlySet<string> reserved)
    {
        if (body.ValueKind is not JsonValueKind.Object)
            return new ParameterCheck.Invalid([new(ParameterFault.Body, $"must be a JSON object with the parameters of {model.Slug}")]);

        var faults = new List<ParameterFault>();
        var sent = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        var twice = new HashSet<string>(StringComparer.Ordinal);
        foreach (var property in body.EnumerateObject())
        {
            var name = JsonText.Name(property);
            if (!sent.TryAdd(name, property.Value) && twice.Add(name))
                faults.Add(new(JsonText.Shorten(name), "is there more than once; send it once"));
        }

        var json = WriteKnown(model, sent, faults);
        var known = model.Parameters.Select(parameter => parameter.Name).ToHashSet(StringComparer.Ordinal);
        var unknown = sent.Keys.Where(name => !known.Contains(name) && !reserved.Contains(name)).ToList();
        var total = faults.Count + unknown.Count;
        if (total == 0)
            return new ParameterCheck.Valid(json);

        // No more than are shown: a suggestion for each of a hundred thousand names helps no one.
        var all = faults.Concat(unknown.Select(name => Unknown(name, model, known.Concat(reserved)))).Take(MostFaults).ToList();
        if (total > MostFaults)
            all.Add(new(ParameterFault.Body, $"has {total - MostFaults} more faults like these"));
        return new ParameterCheck.Invalid(all);
    }

    private static string WriteKnown(VideoModel model, Dictionary<string, JsonElement> sent, List<ParameterFault> faults)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer, Writing);
        writer.WriteStartObject();
        foreach (var parameter in model.Parameters)
        {
            var there = sent.TryGetValue(parameter.Name, out var value) && value.ValueKind is not JsonValueKind.Null;
            if (!there && !parameter.Required)
                continue;

            var fault = there ? Write(writer, parameter, value) : "is required";
            if (fault is not null)
                faults.Add(new(parameter.Name, fault));
        }

        writer.WriteEndObject();
        writer.Flush();
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static ParameterFault Unknown(string name, VideoModel model, IEnumerable<string> known) =>
        new(JsonText.Shorten(name), Spelling.Nearest(name, known) is { } meant
            ? $"is not a parameter of {model.Slug}; did you mean \"{meant}\"?"
            : $"is not a parameter of {model.Slug}, which takes {string.Join(", ", model.Parameters.Select(parameter => parameter.Name))}");

    /// <summary>Writes a valid value; says what is wrong with any other.</summary>
    private static string? Write(Utf8JsonWriter writer, ModelParameter parameter, JsonElement value) => parameter.Type switch
    {
        ParameterType.Text => WriteText(writer, parameter, value),
        ParameterType.Link => WriteLink(writer, parameter, value),
        ParameterType.Number => WriteNumber(writer, parameter, value),
        ParameterType.WholeNumber => WriteWholeNumber(writer, parameter, value),
        _ => WriteFlag(writer, parameter, value),
    };

    private static string? WriteText(Utf8JsonWriter writer, ModelParameter parameter, JsonElement value)
    {
        if (value.ValueKind is not JsonValueKind.String)
            return $"must be {(parameter.Allowed is null ? "a string" : Choices(parameter))}; got {JsonText.Show(value)}";
        if (JsonText.Read(value) is not { } text)
            return "must be well-formed Unicode text: half of a surrogate pair, or a byte that is not UTF-8, is in it";
        if (parameter.Allowed is { } allowed && !allowed.Any(choice => choice.ValueEquals(text)))
            return $"must be {Choices(parameter)}; got {JsonText.Show(value)}";
        if (text.Length > parameter.MaxLength)
            return TooLong(parameter, text);
        if (parameter.Required && string.IsNullOrWhiteSpace(text))
            return "must not be empty";

        writer.WriteString(parameter.Name, text);
        return null;
    }

    private static string? WriteLink(Utf8JsonWriter writer, ModelParameter parameter, JsonElement value)
    {
        const string Rule = "must be an absolute http or https URL";
        if (value.ValueKind is not JsonValueKind.String || JsonText.Read(value) is not { } text)
            return $"{Rule}; got {JsonText.Show(value)}";
        if (text.Length > parameter.MaxLength)
            return TooLong(parameter, text);

        // Uri would trim blanks; the provider gets the text as it is.
        var clean = !text.Any(character => char.IsWhiteSpace(character) || char.IsControl(character));
        if (!clean || !Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.Host.Length == 0)
            return $"{Rule}; got {JsonText.Show(value)}";
        if (url.UserInfo.Length > 0)
            return "must be a URL without a user name or password in it";

        writer.WriteString(parameter.Name, text);
        return null;
    }

    private static string? WriteNumber(Utf8JsonWriter writer, ModelParameter parameter, JsonElement value)
    {
        // 1e999 is JSON too, and reads as infinity.
        if (value.ValueKind is not JsonValueKind.Number || !value.TryGetDouble(out var number) || !double.IsFinite(number))
            return $"must be a number{Range(parameter)}; got {JsonText.Show(value)}";
        if (number < parameter.Minimum || number > parameter.Maximum)
            return $"must be{Range(parameter)}; got {JsonText.Show(value)}";

        writer.WriteNumber(parameter.Name, number + 0.0); // -0 becomes 0.
        return null;
    }

    private static string? WriteWholeNumber(Utf8JsonWriter writer, ModelParameter parameter, JsonElement value)
    {
        var number = value.ValueKind switch
        {
            JsonValueKind.Number when value.TryGetDouble(out var read) && read == Math.Floor(read) && Math.Abs(read) <= int.MaxValue => (int)read,
            JsonValueKind.String when int.TryParse(JsonText.Read(value), NumberStyles.None, CultureInfo.InvariantCulture, out var read) => read,
            _ => (int?)null,
        };
        var allowed = parameter.Allowed?.Any(choice => choice.GetDouble() == number) ?? true;
        if (number is null || !allowed || number < parameter.Minimum || number > parameter.Maximum)
            return $"must be {(parameter.Allowed is null ? "a whole number" + Range(parameter) : Choices(parameter))}; got {JsonText.Show(value)}";

        writer.WriteNumber(parameter.Name, number.Value);
        return null;
    }

    private static string? WriteFlag(Utf8JsonWriter writer, ModelParameter parameter, JsonElement value)
    {
        if (value.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
            return $"must be true or false; got {JsonText.Show(value)}";

        writer.WriteBoolean(parameter.Name, value.GetBoolean());
        return null;
    }

    private static string Choices(ModelParameter parameter) =>
        (parameter.Allowed!.Count == 1 ? "" : "one of ") + string.Join(", ", parameter.Allowed.Select(choice => choice.GetRawText()));

    private static string Range(ModelParameter parameter) => (parameter.Minimum, parameter.Maximum) switch
    {
        ({ } low, { } high) => string.Create(CultureInfo.InvariantCulture, $" from {low} to {high}"),
        ({ } low, null) => string.Create(CultureInfo.InvariantCulture, $" {low} or more"),
        (null, { } high) => string.Create(CultureInfo.InvariantCulture, $" {high} or less"),
        _ => "",
    };

    private static string TooLong(ModelParameter parameter, string text) =>
        string.Create(CultureInfo.InvariantCulture, $"must be at most {parameter.MaxLength:N0} characters long; got {text.Length:N0}");
}
