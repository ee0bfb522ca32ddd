using System.CommandLine;
using Reel.Cli.Terminal;

namespace Reel.Cli.Commands;

/// <summary><c>reel completion SHELL</c>.</summary>
internal sealed class CompletionCommand : ReelCommand
{
    private static readonly string[] Shells = ["bash", "zsh", "fish", "pwsh"];

    public CompletionCommand()
        : base("completion", "Prints a script that completes commands, options, models and their parameters in your shell.")
    {
        var shell = new Argument<string>("SHELL") { Description = "Which one." };
        shell.AcceptOnlyFromAmong(Shells);
        Add(shell);
        Example("source <(reel completion bash)                 # in ~/.bashrc");
        Example("source <(reel completion zsh)                  # in ~/.zshrc, after compinit");
        Example("reel completion fish | source                  # in ~/.config/fish/config.fish");
        Example("reel completion pwsh | Out-String | iex        # in $PROFILE");

        // Written as it is: a script is nothing that could be foreign.
        SetAction(parsed => Print(parsed.InvocationConfiguration.Output, parsed.GetRequiredValue(shell)));
    }

    private static int Print(TextWriter output, string shell)
    {
        using var script = new StreamReader(typeof(CompletionCommand).Assembly.GetManifestResourceStream($"reel.{shell}")!);
        output.Write(script.ReadToEnd());
        return ExitCode.Done;
    }
}
