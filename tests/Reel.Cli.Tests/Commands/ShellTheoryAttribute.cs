namespace Reel.Cli.Tests.Commands;

/// <summary>A theory about a shell; where that is not installed it counts as skipped.</summary>
public sealed class ShellTheoryAttribute : TheoryAttribute
{
    public ShellTheoryAttribute(string shell)
    {
        if (OperatingSystem.IsWindows()) Skip = "The scripts are run with the file modes of Unix.";
        else if (!IsInstalled(shell)) Skip = $"{shell} is not installed here.";
    }

    private static bool IsInstalled(string shell) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries).Any(folder => File.Exists(Path.Combine(folder, shell)));
}
