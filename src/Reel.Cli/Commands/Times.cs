using System.CommandLine;
using System.Globalization;

namespace Reel.Cli.Commands;

/// <summary>Times: in UTC, in options where no offset is given.</summary>
internal static class Times
{
    /// <summary>For people; null for none.</summary>
    public static string? Show(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static Option<DateTimeOffset?> Option(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "2026-11-01T12:00Z",
        CustomParser = given =>
        {
            var text = given.Tokens[0].Value;
            if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)) return time;
            given.AddError($"{name} must be a time such as 2026-11-01 or 2026-11-01T12:00Z; got {text}");
            return null;
        },
    };
}
