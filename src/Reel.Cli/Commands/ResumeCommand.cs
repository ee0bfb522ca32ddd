using System.CommandLine;
using Reel.Cli.Terminal;

namespace Reel.Cli.Commands;

/// <summary><c>reel webhooks resume URL</c>.</summary>
internal sealed class ResumeCommand : ReelCommand
{
    private readonly Argument<string> url = new("URL") { Description = "The endpoint's, as reel webhooks endpoints shows it." };
    private readonly Option<bool> redeliver = new("--redeliver") { Description = "Send what it has missed as well, oldest first." };

    public ResumeCommand()
        : base("resume", "Has a paused endpoint sent to again.")
    {
        url.Validators.Add(given =>
        {
            if (given.Tokens is [{ Value: var text }] && !(Uri.TryCreate(text, UriKind.Absolute, out var parsed) && parsed.Scheme is "http" or "https"))
                given.AddError($"URL must be an absolute http or https URL; got {text}");
        });
        Add(url);
        Add(redeliver);
        Example("reel webhooks resume https://example.com/hook");
        Example("reel webhooks resume https://example.com/hook --redeliver");
        Run(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, Session session, CancellationToken cancellationToken)
    {
        var screen = session.Screen;
        var isSent = parsed.GetValue(redeliver);
        var endpoint = await session.Connect().Webhooks.ResumeAsync(new Uri(parsed.GetRequiredValue(url)), isSent, cancellationToken);
        if (screen.IsJson) screen.Write(endpoint.Json);
        screen.Say(endpoint switch
        {
            { Resending: true } => $"{endpoint.Url} is sent to again, and the {endpoint.Missed} that it has missed.",
            { Missed: > 0 } => $"{endpoint.Url} is sent to again. It has missed {endpoint.Missed}; for those run it with --redeliver.",
            _ => $"{endpoint.Url} is sent to again. It has missed nothing.",
        });
        return ExitCode.Done;
    }
}
