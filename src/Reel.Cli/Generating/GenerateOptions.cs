using System.CommandLine;
using System.Text.Json.Nodes;
using Reel.Cli.Commands;
using Reel.Client;

namespace Reel.Cli.Generating;

/// <summary>The options of <c>reel generate</c> that are no model's.</summary>
internal static class GenerateOptions
{
    public static readonly Option<bool> Wait = new("--wait") { Description = "Wait for the video and show how far it is.", Recursive = true };

    public static readonly Option<string?> Output = new("--output", "-o")
    {
        Description = "Wait for the video and save it as this file, or in this folder.",
        HelpName = "file",
        Recursive = true,
    };

    public static readonly Option<bool> DryRun = new("--dry-run") { Description = "Say what it would cost, and start nothing.", Recursive = true };

    public static readonly Option<string?> WebhookUrl = new("--webhook-url") { Description = "Who is told when it is over.", HelpName = "url", Recursive = true };

    public static readonly Option<string[]> Metadata = new("--metadata")
    {
        Description = "Something of yours that results and webhooks repeat; may be given several times.",
        HelpName = "name=value",
        Recursive = true,
    };

    public static readonly Option<string?> IdempotencyKey = new("--idempotency-key")
    {
        Description = "The same key within a day is the same request, however often it is sent. Else each run is a new one.",
        HelpName = "key",
        Recursive = true,
    };

    public static readonly Option<string[]> WebhookEvents = WebhookEventsOption.Create(WebhookEventsOption.OfVideo, "video.completed and video.failed");

    public static IReadOnlyList<Option> All { get; } = [Wait, Output, DryRun, WebhookUrl, WebhookEvents, Metadata, IdempotencyKey];

    static GenerateOptions()
    {
        WebhookEvents.Recursive = true;
        Metadata.Validators.Add(given =>
        {
            if (given.Tokens.FirstOrDefault(token => token.Value.IndexOf('=', StringComparison.Ordinal) < 1) is { } wrong)
                given.AddError($"--metadata must be name=value; got {wrong.Value}");
        });
        IdempotencyKey.Validators.Add(given =>
        {
            if (given.Tokens is [{ Value: var text }] && !(text.Length is > 0 and <= 255 && text.All(c => c is >= ' ' and <= '~')))
                given.AddError("--idempotency-key must be 1 to 255 characters of printable ASCII");
        });
    }

    /// <summary>What goes with the request.</summary>
    public static SubmitOptions Read(ParseResult parsed)
    {
        JsonObject? metadata = null;
        foreach (var pair in parsed.GetValue(Metadata) ?? [])
        {
            var at = pair.IndexOf('=', StringComparison.Ordinal);
            (metadata ??= [])[pair[..at]] = pair[(at + 1)..];
        }

        return new SubmitOptions(parsed.GetValue(WebhookUrl), metadata, parsed.GetValue(IdempotencyKey), WebhookEventsOption.Read(parsed, WebhookEvents));
    }
}
