using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Reel.Cli.Listening;
using Reel.Cli.Terminal;
using Reel.Webhooks;

namespace Reel.Cli.Commands;

/// <summary><c>reel webhooks listen</c>.</summary>
internal sealed class ListenCommand : ReelCommand
{
    private const string SecretVariable = "REEL_WEBHOOK_SECRET";

    private readonly Option<int> port = new("--port") { Description = "On 127.0.0.1; 0 for any that is free.", DefaultValueFactory = _ => 9000 };

    private readonly Option<string?> secret = new("--secret")
    {
        Description = $"What webhooks are verified with: a secret (whsec_…) or a public key (whpk_…). Others on this machine can see it here. Else {SecretVariable}.",
        HelpName = "secret",
    };

    private readonly Option<string?> secretFile = new("--secret-file") { Description = "A file that holds it, such as .reel/webhook-secret of a desk.", HelpName = "file" };

    private readonly Option<string?> forward = new("--forward") { Description = "Hand each genuine one on to this URL, and answer as that does.", HelpName = "url" };

    public ListenCommand()
        : base("listen", "Receives webhooks on this machine, verifies and shows them as they come, until Ctrl+C.")
    {
        port.Validators.Add(given =>
        {
            if (given.Tokens is [{ Value: var text }, ..] && !ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _))
                given.AddError($"--port must be a whole number from 0 to 65535; got {text}");
        });
        forward.Validators.Add(given =>
        {
            if (given.Tokens is [{ Value: var text }, ..] && !(Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"))
                given.AddError($"--forward must be an absolute http or https URL; got {text}");
        });
        foreach (var option in new Option[] { port, secret, secretFile, forward }) Add(option);
        Example("reel webhooks listen --secret-file .reel/webhook-secret");
        Example("reel webhooks listen --forward http://127.0.0.1:5000/hook");
        Run(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, Session session, CancellationToken cancellationToken)
    {
        var screen = session.Screen;
        var verifier = Verifier(parsed, screen);
        using var forwarder = parsed.GetValue(forward) is { } to ? new Forwarder(new Uri(to), screen.Say) : null;
        await using var listener = await WebhookListener.StartAsync(parsed.GetValue(port), verifier, forwarder, delivery => Show(screen, delivery), session.Time, cancellationToken);
        screen.Say($"Listening at {listener.Url}/hook, {(verifier is null ? "verifying nothing: there is no secret" : "verifying")}. Ctrl+C ends it.");
        session.Farewell = "No longer listening.";
        await Task.Delay(Timeout.InfiniteTimeSpan, session.Time, cancellationToken);
        return ExitCode.Done;
    }

    private WebhookVerifier? Verifier(ParseResult parsed, Screen screen)
    {
        var (given, file) = (parsed.GetValue(secret), parsed.GetValue(secretFile));
        if (given is not null && file is not null) throw new CommandException("Give --secret or --secret-file, not both.", ExitCode.Usage);
        if (given is not null) screen.Say($"Warning: A secret in the command line can be seen by others on this machine; {SecretVariable} and --secret-file cannot.");
        var text = given ?? (file is null ? Environment.GetEnvironmentVariable(SecretVariable) : File.ReadAllText(file).Trim());
        try
        {
            return string.IsNullOrEmpty(text) ? null : new WebhookVerifier(text);
        }
        catch (FormatException exception)
        {
            throw new CommandException(exception.Message, ExitCode.Usage);
        }
    }

    private static void Show(Screen screen, ReceivedWebhook delivery)
    {
        var verdict = delivery.Verdict is { } known ? JsonNamingPolicy.SnakeCaseLower.ConvertName(known.ToString()) : "not_verified";
        if (screen.IsJson)
        {
            var line = new JsonObject
            {
                ["received_at"] = delivery.ReceivedAt.ToString("O", CultureInfo.InvariantCulture),
                ["webhook_id"] = delivery.Id,
                ["verdict"] = verdict,
                ["answer"] = delivery.Answer,
                ["body"] = delivery.Content is { } content ? JsonNode.Parse(content.GetRawText()) : null,
            };
            screen.Write(JsonElement.Parse(line.ToJsonString()));
            return;
        }

        var data = Member(delivery.Content, "data");
        screen.Write(
            ["TIME", "VERDICT", "TYPE", "ABOUT", "STATUS", "ANSWERED"],
            [[
                delivery.ReceivedAt.UtcDateTime.ToString("HH:mm:ss'Z'", CultureInfo.InvariantCulture),
                verdict,
                Text(Member(delivery.Content, "type")),
                Text(Member(data, "request_id")) ?? Text(Member(data, "batch_id")),
                Text(Member(data, "status")),
                delivery.Answer.ToString(CultureInfo.InvariantCulture),
            ]]);
    }

    private static JsonElement? Member(JsonElement? json, string name) =>
        json is { ValueKind: JsonValueKind.Object } given && given.TryGetProperty(name, out var member) ? member : null;

    private static string? Text(JsonElement? json) => json is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
}
