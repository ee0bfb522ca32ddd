using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Reel.EndToEnd.Tests.Azurite;

namespace Reel.EndToEnd.Tests.Desk;

/// <summary>
/// Reel.Local as its users have it: a process of its own, with settings in its environment. What it says is kept for the messages of failed
/// assertions, and no process outlives its test, let alone the test run.
/// </summary>
internal sealed class ReelProcess : IAsyncDisposable
{
    /// <summary>How many lines <c>serve</c> says when it is up.</summary>
    public const int GreetingLines = 5;

    private const int StartSeconds = 60;
    private const int StopSeconds = 30;

    // What Reel reads; whatever of it is set on this machine is not meant for the processes of these tests.
    private static readonly string[] Sections =
        ["AzureWebJobsStorage", "Segmind__", "Api__", "Videos__", "Webhooks__", "Polling__", "Requests__", "Records__", "Logging__", "DOTNET_ENVIRONMENT"];

    private static readonly ConcurrentDictionary<ReelProcess, bool> Running = new();

    private readonly Process process;
    private readonly ConcurrentQueue<string> output = new();
    private readonly ConcurrentQueue<string> errors = new();

    static ReelProcess() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        foreach (var left in Running.Keys) left.KillTree();
    };

    private ReelProcess(Process process) => this.process = process;

    public int Id => process.Id;

    public bool HasExited => process.HasExited;

    /// <summary>Where the API listens, from the first line.</summary>
    public Uri Url => new(output.First().Split(' ', StringSplitOptions.RemoveEmptyEntries)[1].TrimEnd(','));

    public IReadOnlyCollection<string> Output => output;

    public string StandardError => string.Join('\n', errors);

    /// <summary>Everything it said, for the message of an assertion.</summary>
    public string Story => $"\nReel.Local ({process.Id}) said:\n{string.Join('\n', output)}\n{string.Join('\n', errors.TakeLast(60))}";

    /// <summary>The program, beside this assembly because the project refers to it.</summary>
    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "Reel.Local.dll");

    /// <summary>The runtime that runs these tests has its own host three folders up; the PATH may have another, or none.</summary>
    public static string DotNet { get; } = Path.GetFullPath(Path.Combine(
        RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));

    /// <summary>The arguments of a <c>serve</c> that takes free ports and finds no Azurite but its own.</summary>
    public static string[] Serve(string data) => ["serve", "--urls", "http://127.0.0.1:0", "--storage-port", "0", "--data", data];

    /// <summary>Starts it and does not wait for anything.</summary>
    /// <param name="through">A program that becomes it, and that program's arguments; null for none.</param>
    public static ReelProcess Launch(
        IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string?> settings, string? folder = null, IReadOnlyList<string>? through = null)
    {
        Assert.True(File.Exists(Path.ChangeExtension(Program, ".runtimeconfig.json")), $"{Program} cannot be run: its runtimeconfig.json is missing.");
        string[] command = [.. through ?? [], DotNet, Program, .. arguments];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? TestFolder.Create(),
        };
        foreach (var name in start.Environment.Keys.ToList())
            if (Sections.Any(section => name.StartsWith(section, StringComparison.OrdinalIgnoreCase))) start.Environment.Remove(name);
        foreach (var (name, value) in settings) start.Environment[name] = value;

        var launched = new ReelProcess(new Process { StartInfo = start });
        launched.process.OutputDataReceived += (_, line) => Keep(launched.output, line.Data);
        launched.process.ErrorDataReceived += (_, line) => Keep(launched.errors, line.Data);
        launched.process.Start();
        Running[launched] = true;
        launched.process.BeginOutputReadLine();
        launched.process.BeginErrorReadLine();
        return launched;
    }

    /// <summary>Starts <c>serve</c> on a free port and returns once it has said its five lines.</summary>
    public static async Task<ReelProcess> ServeAsync(string data, IReadOnlyDictionary<string, string?> settings, IReadOnlyList<string>? through = null)
    {
        var launched = Launch(Serve(data), settings, through: through);
        try
        {
            await launched.WaitForLinesAsync(GreetingLines);
            return launched;
        }
        catch
        {
            await launched.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until it has said so many lines on standard output.</summary>
    public async Task WaitForLinesAsync(int lines)
    {
        var watch = Stopwatch.StartNew();
        while (output.Count < lines)
        {
            Assert.False(process.HasExited, $"It ended before it was up.{Story}");
            Assert.True(watch.Elapsed.TotalSeconds < StartSeconds, $"It was not up after {StartSeconds} seconds.{Story}");
            await Task.Delay(20);
        }
    }

    /// <summary>Waits for something on standard error.</summary>
    public Task WaitForErrorAsync(string text) =>
        Wait.UntilAsync(() => errors.Any(line => line.Contains(text, StringComparison.Ordinal)), $"'{text}' on standard error.{Story}", StartSeconds);

    /// <summary>kill -9, of this process alone.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>Sends a signal and waits for the end.</summary>
    /// <returns>The exit code.</returns>
    public Task<int> StopAsync(int signal = Signals.Interrupt)
    {
        Signals.Send(process.Id, signal);
        return ExitAsync(StopSeconds);
    }

    /// <summary>Waits for the end that it comes to by itself.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> ExitAsync(int seconds)
    {
        try
        {
            // Completes once both streams are read to their ends as well.
            await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(seconds));
        }
        catch (TimeoutException)
        {
            Assert.Fail($"It did not end within {seconds} seconds.{Story}");
        }

        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!Running.TryRemove(this, out _)) return;
        KillTree();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private static void Keep(ConcurrentQueue<string> lines, string? line)
    {
        if (line is not null) lines.Enqueue(line);
    }

    private void KillTree()
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
