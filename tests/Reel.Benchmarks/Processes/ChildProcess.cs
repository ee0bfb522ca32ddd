using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Reel.Benchmarks.Processes;

/// <summary>One of our programs as a process of its own, from the same build as this one; it does not outlive this one.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private const int KeptErrors = 20;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(60);

    // What Reel reads; whatever of it is set on this machine is not meant for what is measured.
    private static readonly string[] Sections =
        ["AzureWebJobsStorage", "Segmind__", "Api__", "Videos__", "Webhooks__", "Polling__", "Requests__", "Records__", "Logging__"];

    private readonly Process process;
    private readonly Queue<string> errors = new();
    private readonly EventHandler endWithThis;

    private ChildProcess(Process process)
    {
        this.process = process;
        endWithThis = (_, _) => Kill();
        AppDomain.CurrentDomain.ProcessExit += endWithThis;
    }

    public int Id => process.Id;

    public bool HasExited => process.HasExited;

    /// <summary>Starts it and returns with the first line that it says, once that is there.</summary>
    /// <param name="program">The name of an assembly beside this one.</param>
    /// <param name="limit">How long it may say nothing; a minute by default.</param>
    /// <exception cref="InvalidOperationException">It ended without a word.</exception>
    /// <exception cref="TimeoutException">It said nothing for too long.</exception>
    public static async Task<(ChildProcess Process, string FirstLine)> StartAsync(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?> settings, CancellationToken cancellationToken, TimeSpan? limit = null)
    {
        var start = new ProcessStartInfo(DotNet, [Path.Combine(AppContext.BaseDirectory, program + ".dll"), .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(name => Sections.Any(section => name.StartsWith(section, StringComparison.OrdinalIgnoreCase))).ToList())
            start.Environment.Remove(name);
        foreach (var (name, value) in settings) start.Environment[name] = value;

        var child = new ChildProcess(Process.Start(start)!);
        child.process.ErrorDataReceived += (_, line) => child.Keep(line.Data);
        child.process.BeginErrorReadLine();
        try
        {
            var line = await child.process.StandardOutput.ReadLineAsync(cancellationToken).AsTask().WaitAsync(limit ?? StartLimit, cancellationToken)
                ?? throw new InvalidOperationException($"{program} ended at once: {child.Errors}");
            _ = child.process.StandardOutput.ReadToEndAsync(CancellationToken.None);
            return (child, line);
        }
        catch
        {
            await child.DisposeAsync();
            throw;
        }
    }

    /// <summary>The last that it said on standard error.</summary>
    public string Errors
    {
        get
        {
            lock (errors) return string.Join('\n', errors);
        }
    }

    /// <summary>Asks it to end, and waits until it has.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        using (var kill = Process.Start("kill", ["-TERM", $"{process.Id}"])) await kill.WaitForExitAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken).WaitAsync(StopLimit, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= endWithThis;
        Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    // The runtime that runs this has its own host three folders up; the PATH may have another, or none.
    private static string DotNet => Path.GetFullPath(Path.Combine(
        RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));

    private void Keep(string? line)
    {
        if (line is null) return;
        lock (errors)
        {
            errors.Enqueue(line);
            if (errors.Count > KeptErrors) errors.Dequeue();
        }
    }

    private void Kill()
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It is gone.
        }
    }
}
