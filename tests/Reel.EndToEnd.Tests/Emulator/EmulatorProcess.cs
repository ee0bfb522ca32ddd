using System.Diagnostics;
using Reel.Emulator;

namespace Reel.EndToEnd.Tests.Emulator;

/// <summary>The emulator as a process of its own, to be killed.</summary>
internal sealed class EmulatorProcess : IDisposable
{
    private readonly Process process;

    private EmulatorProcess(Process process, Uri url)
    {
        this.process = process;
        Url = url;
    }

    public Uri Url { get; }

    public static async Task<EmulatorProcess> StartAsync(params string[] arguments)
    {
        var process = Launch(arguments);
        var line = await process.StandardOutput.ReadLineAsync();
        Assert.StartsWith("Segmind's emulator listens on http://", line, StringComparison.Ordinal);
        return new EmulatorProcess(process, new Uri(line!.Split(' ')[^1]));
    }

    /// <summary>Runs it to its end, which is to be a quick one.</summary>
    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using var process = Launch(arguments);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var output = process.StandardOutput.ReadToEndAsync(patience.Token);
        var error = process.StandardError.ReadToEndAsync(patience.Token);
        await process.WaitForExitAsync(patience.Token);
        return (process.ExitCode, await output, await error);
    }

    /// <summary>kill -9</summary>
    public Task KillAsync()
    {
        process.Kill();
        return process.WaitForExitAsync();
    }

    /// <summary>
    /// Asks it to end; gives the exit code and what it wrote to standard error. With SIGTERM, which takes the same way through the program as
    /// Ctrl+C's SIGINT but is never ignored: a shell starts what is to run in the background with SIGINT ignored, and that is inherited.
    /// </summary>
    public async Task<(int ExitCode, string Error)> EndAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await process.WaitForExitAsync(patience.Token);
        return (process.ExitCode, await process.StandardError.ReadToEndAsync(patience.Token));
    }

    public void Dispose()
    {
        if (!process.HasExited) process.Kill();
        process.Dispose();
    }

    private static Process Launch(string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(typeof(EmulatorServer).Assembly.Location);
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }
}
