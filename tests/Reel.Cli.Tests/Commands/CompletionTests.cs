using System.Diagnostics;
using Reel.EndToEnd.Tests.Azurite;
using Reel.EndToEnd.Tests.Desk;

namespace Reel.Cli.Tests.Commands;

/// <summary>Pressing Tab.</summary>
public sealed class CompletionTests(CommandDesk desk) : IClassFixture<CommandDesk>
{
    private const int Seconds = 240;

    [Theory]
    [InlineData("reel gen", "generate")]
    [InlineData("reel generate kling-2", "kling-2.6")]
    [InlineData("reel generate kling-2.6 --asp", "--aspect-ratio")]
    [InlineData("reel generate kling-2.6 --aspect-ratio 9", "9:16")]
    [InlineData("reel generate kling-2.6 --aspect-ratio=9", "--aspect-ratio=9:16")]
    [InlineData("reel list --status=C", "--status=COMPLETED")]
    [InlineData("reel generate kling-2.6 --webhook-events video.q", "video.queued")]
    [InlineData("reel generate kling-2.6 --webhook-events video.queued,video.f", "video.queued,video.failed")]
    [InlineData("reel batch requests.jsonl --webhook-events=b", "--webhook-events=batch.completed")]
    [InlineData("reel webhooks l", "listen")]
    public async Task A_line_is_completed_by_what_there_is(string line, string word)
    {
        var ended = await desk.RunAsync("complete", "--", line);

        Assert.Equal((0, ""), (ended.Code, ended.Error));
        Assert.Equal([word], ended.Lines);
    }

    [Fact]
    public async Task All_events_are_offered_and_none_twice()
    {
        var all = await desk.RunAsync("complete", "--", "reel generate kling-2.6 --webhook-events ");
        var more = await desk.RunAsync("complete", "--", "reel generate kling-2.6 --webhook-events video.queued,video.failed,");

        Assert.Equal(["video.completed", "video.failed", "video.processing", "video.queued"], all.Lines.Order());
        Assert.Equal(["video.queued,video.failed,video.completed", "video.queued,video.failed,video.processing"], more.Lines.Order());
    }

    [Theory]
    [InlineData("bash", "complete -F _reel reel")]
    [InlineData("zsh", "compdef _reel reel")]
    [InlineData("fish", "complete --command reel --no-files --arguments '(__reel_complete)'")]
    [InlineData("pwsh", "Register-ArgumentCompleter -Native -CommandName reel -ScriptBlock {")]
    public async Task Each_shell_has_a_script_that_registers_itself_and_asks_the_command(string shell, string registration)
    {
        var script = await desk.RunAsync("completion", shell);

        Assert.Equal((0, ""), (script.Code, script.Error));
        Assert.Contains(registration, script.Lines.Select(line => line.Trim()));
        Assert.Contains(script.Lines, line => line.Contains(" complete ", StringComparison.Ordinal) && line.Contains("-- ", StringComparison.Ordinal));
    }

    [ShellTheory("bash")]
    [InlineData("reel can", "cancel")]
    [InlineData("reel generate kling-2.6 --durat", "--duration")]
    [InlineData("reel generate kling-2.6 --aspect-ratio 16:", "9")] // bash takes the colon for the end of a word
    public async Task Bash_completes_with_the_script_that_is_printed(string line, string word)
    {
        // As bash itself would call it.
        var completed = await TabAsync("bash", line, """
            source completion
            compopt() { :; }
            COMP_LINE="$1"; COMP_POINT=${#1}
            IFS=$' \n'; COMP_WORDS=(${1//:/ : }); COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            [[ "$1" == *: ]] && COMP_WORDS+=("") && COMP_CWORD=$((COMP_CWORD + 1))
            _reel
            printf '%s\n' "${COMPREPLY[@]}"
            """);

        Assert.Equal(word, completed.Trim());
    }

    [ShellTheory("fish")]
    [InlineData("reel can", "cancel")]
    [InlineData("true; and reel can", "cancel")]
    [InlineData("echo x | reel webhooks lis", "listen")]
    [InlineData("reel generate kling-2.6 --durat", "--duration")]
    [InlineData("reel generate kling-2.6 --aspect-ratio=16", "--aspect-ratio=16:9")]
    [InlineData("reel batch reque", "requests.jsonl")]
    public async Task Fish_completes_with_the_script_that_is_printed(string line, string word)
    {
        var completed = await TabAsync("fish", line, """
            source completion
            complete --do-complete "$argv[1]"
            """);

        Assert.Equal(word, completed.Trim());
    }

    [ShellTheory("zsh")]
    [InlineData("reel can", "reel cancel ")]
    [InlineData("true; reel can", "true; reel cancel ")]
    [InlineData("echo x | reel webhooks lis", "echo x | reel webhooks listen ")]
    [InlineData("reel generate kling-2.6 --durat", "reel generate kling-2.6 --duration ")]
    [InlineData("reel generate kling-2.6 --aspect-ratio=16", "reel generate kling-2.6 --aspect-ratio=16:9 ")]
    [InlineData("reel batch reque", "reel batch requests.jsonl ")]
    public async Task Zsh_completes_with_the_script_that_is_printed(string line, string completed)
    {
        // A zsh on a terminal of its own, in which Tab is pressed, and then a key that shows the line as it is.
        var shown = await TabAsync("zsh", line, """
            zmodload zsh/zpty
            zpty terminal zsh -f -i
            read_until() { local part; seen=''; while zpty -r terminal part; do seen+=$part; [[ $seen == *"$1"* ]] && return; done }
            zpty -w terminal "PS1=''; autoload -Uz compinit; compinit -u -D; source completion; bindkey '^I' complete-word"
            zpty -w terminal "show() { print -r -- \"<<\$BUFFER>>\"; BUFFER=''; zle accept-line }; zle -N show; bindkey '^X' show; print re''ady"
            read_until ready
            zpty -w -n terminal "$1"$'\t\x18'
            read_until '>>'
            print -r -- "$seen"
            zpty -d terminal
            """);

        Assert.Contains($"<<{completed}>>", shown, StringComparison.Ordinal);
    }

    /// <summary>Runs a script of a shell beside the one that <c>reel completion</c> prints, with the line to be completed.</summary>
    private async Task<string> TabAsync(string shell, string line, string script)
    {
        var home = TestFolder.Create();
        await File.WriteAllTextAsync(Path.Combine(home, "completion"), (await desk.RunAsync("completion", shell)).Output);
        await File.WriteAllTextAsync(Path.Combine(home, "requests.jsonl"), "");
        await File.WriteAllTextAsync(Path.Combine(home, "tab"), script);
        var path = Path.Combine(home, "bin");
        Directory.CreateDirectory(path);
        var command = Path.Combine(path, "reel");
        await File.WriteAllTextAsync(command, $"#!/bin/sh\nexec '{ReelProcess.DotNet}' '{Path.Combine(AppContext.BaseDirectory, "Reel.Cli.dll")}' \"$@\"\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(command, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        var start = new ProcessStartInfo(shell, ["tab", line]) { WorkingDirectory = home, RedirectStandardOutput = true, RedirectStandardInput = true, UseShellExecute = false };
        start.Environment["PATH"] = $"{path}:{start.Environment["PATH"]}";
        start.Environment["REEL_URL"] = desk.Server.Url.AbsoluteUri;
        start.Environment["XDG_DATA_HOME"] = Path.Combine(desk.Home, "data");
        start.Environment["XDG_CONFIG_HOME"] = home;
        start.Environment["HOME"] = home;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        try
        {
            return await process.StandardOutput.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(Seconds));
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }
}
