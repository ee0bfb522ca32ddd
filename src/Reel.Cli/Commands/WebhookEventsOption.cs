using System.CommandLine;
using Reel.Cli.Terminal;

namespace Reel.Cli.Commands;

/// <summary><c>--webhook-events</c>: what a webhook is told of.</summary>
internal static class WebhookEventsOption
{
    private const string Name = "--webhook-events";

    /// <summary>Of a request.</summary>
    public static IReadOnlyList<string> OfVideo { get; } = ["video.queued", "video.processing", "video.completed", "video.failed"];

    /// <summary>Of a batch and its requests.</summary>
    public static IReadOnlyList<string> OfBatch { get; } = [.. OfVideo, "batch.completed"];

    /// <param name="known">The events there are.</param>
    /// <param name="unlessGiven">What is told without it.</param>
    public static Option<string[]> Create(IReadOnlyList<string> known, string unlessGiven)
    {
        var option = new Option<string[]>(Name)
        {
            Description = $"What the webhook is told of, any of {string.Join(", ", known)}; several separated by commas. Else {unlessGiven}.",
            HelpName = "event,event",
        };
        option.CompletionSources.Add(context =>
        {
            var begun = context.WordToComplete;
            var before = begun[..(begun.LastIndexOf(',') + 1)];
            return known.Except(Split(before)).Select(one => new System.CommandLine.Completions.CompletionItem(before + one));
        });
        option.Validators.Add(given =>
        {
            foreach (var wrong in given.Tokens.SelectMany(token => Split(token.Value)).Except(known))
            {
                var meant = Spelling.Nearest(wrong, known) is { } near ? $"; did you mean '{near}'?" : "";
                given.AddError($"{Name} must be any of {string.Join(", ", known)}; got {wrong}{meant}");
            }
        });
        return option;
    }

    /// <summary>The events that were given; null for none said.</summary>
    public static IReadOnlyList<string>? Read(ParseResult parsed, Option<string[]> option) =>
        parsed.GetResult(option) is { Implicit: false } ? [.. (parsed.GetValue(option) ?? []).SelectMany(Split).Distinct()] : null;

    private static string[] Split(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
