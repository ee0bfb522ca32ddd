using System.CommandLine;
using System.Globalization;

namespace Reel.Cli.Commands;

/// <summary>Times in options: in UTC where no offset is given.</summary>
internal static class Times
{
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
