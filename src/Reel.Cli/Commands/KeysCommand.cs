using System.CommandLine;
using Reel.Cli.Terminal;

namespace Reel.Cli.Commands;

/// <summary><c>reel webhooks keys</c>.</summary>
internal sealed class KeysCommand : ReelCommand
{
    public KeysCommand()
        : base("keys", "Shows the public keys that your webhooks can be verified with, where they are signed with Ed25519.")
    {
        Example("reel webhooks keys");
        Example("REEL_WEBHOOK_SECRET=\"$(reel webhooks keys)\" reel webhooks listen");
        Run(RunAsync);
    }

    private static async Task<int> RunAsync(ParseResult parsed, Session session, CancellationToken cancellationToken)
    {
        var screen = session.Screen;
        var keys = await session.Connect().Webhooks.KeysAsync(cancellationToken);
        if (screen.IsJson) screen.Write(keys.Json);
        else foreach (var key in keys.PublicKeys) screen.Write(key);
        if (keys.PublicKeys.Count == 0) screen.Say("There is no public key: your webhooks are signed with a shared secret alone, which whoever runs Reel can tell you.");
        return ExitCode.Done;
    }
}
