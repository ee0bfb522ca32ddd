using System.Diagnostics;
using Reel.EndToEnd.Tests.Azurite;
using Reel.EndToEnd.Tests.Desk;

namespace Reel.Cli.Tests.Commands;

/// <summary>Pressing Tab.</summary>
public sealed class CompletionTests(CommandDesk desk) : IClassFixture<CommandDesk>
{
    [Theory]
    [InlineData("reel gen", "generate")]
    [InlineData("reel generate kling-2", "kling-2.6")]
    [InlineData("reel generate kling-2.6 --asp", "--aspect-ratio")]
    [InlineData("reel generate kling-2.6 --aspect-ratio 9", "9:16")]
    [InlineData("reel webhooks ", "listen")]
    public async Task A_line_is_completed_by_what_there_is(string line, string word)
    {
        var ended = await desk.RunAsync("complete", "--", line);

        Assert.Equal((0, ""), (ended.Code, ended.Error));
        Assert.Equal([word], ended.Lines);
    }

    [Theory]
    [InlineData("reel can", "cancel")]
    [InlineData("reel generate kling-2.6 --durat", "--duration")]
    [InlineData("reel generate kling-2.6 --aspect-ratio 16:", "9")] // bash takes the colon for the end of a word
    public async Task Bash_completes_with_the_script_that_is_printed(string line, string word)
    {
        if (OperatingSystem.IsWindows()) return; // It has no such file modes.
        var home = TestFolder.Create();
        var script = await desk.RunAsync("completion", "bash");
        await File.WriteAllTextAsync(Path.Combine(home, "completion.bash"), script.Output);
        await File.WriteAllTextAsync(Path.Combine(home, "reel"), $"#!/bin/sh\nexec '{ReelProcess.DotNet}' '{Path.Combine(AppContext.BaseDirectory, "Reel.Cli.dll")}' \"$@\"\n");
        File.SetUnixFileMode(Path.Combine(home, "reel"), UnixFileMode.UserRead | UnixFileMode.UserExecute);

        // As bash itself would call it.
        await File.WriteAllTextAsync(Path.Combine(home, "tab.bash"), """
            source completion.bash
            compopt() { :; }
            COMP_LINE="$1"; COMP_POINT=${#1}
            IFS=$' \n'; COMP_WORDS=(${1//:/ : }); COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            [[ "$1" == *: ]] && COMP_WORDS+=("") && COMP_CWORD=$((COMP_CWORD + 1))
            _reel
            printf '%s\n' "${COMPREPLY[@]}"
            """);
        var start = new ProcessStartInfo("bash", ["tab.bash", line]) { WorkingDirectory = home, RedirectStandardOutput = true, UseShellExecute = false };
        start.Environment["PATH"] = $"{home}:{start.Environment["PATH"]}";
        start.Environment["REEL_URL"] = desk.Server.Url.AbsoluteUri;
        start.Environment["XDG_DATA_HOME"] = Path.Combine(desk.Home, "data");
        start.Environment["XDG_CONFIG_HOME"] = home;
        using var bash = Process.Start(start)!;
        var completed = await bash.StandardOutput.ReadToEndAsync();
        await bash.WaitForExitAsync();

        Assert.Equal(word, completed.Trim());
    }
}
