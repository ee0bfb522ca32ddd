using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Reel.EndToEnd.Tests.Azurite;
using Reel.EndToEnd.Tests.Desk;

namespace Reel.Cli.Tests.Commands;

/// <summary>How a run of the command ended.</summary>
internal sealed record Ended(int Code, string Output, string Error)
{
    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public JsonObject Json => JsonNode.Parse(Output)!.AsObject();

    public override string ToString() => $"exit code {Code}\n{Output}\n{Error}";
}

/// <summary>The built command as a process of its own, in a folder and with a home of its own.</summary>
internal sealed class ReelCommandProcess : IDisposable
{
    private const int Seconds = 240;

    private readonly Process process;
    private readonly StringBuilder error = new();
    private readonly Task<string> output;
    private readonly Task errors;

    private ReelCommandProcess(Process process)
    {
        this.process = process;
        output = process.StandardOutput.ReadToEndAsync();
        errors = Task.Run(async () =>
        {
            while (await process.StandardError.ReadLineAsync() is { } line)
            {
                lock (error) error.AppendLine(line);
            }
        });
    }

    public int Id => process.Id;

    public bool HasExited => process.HasExited;

    /// <summary>What it has said so far.</summary>
    public string Error
    {
        get
        {
            lock (error) return error.ToString();
        }
    }

    /// <summary>Starts it.</summary>
    /// <param name="url">Where the server is; null for none set.</param>
    /// <param name="home">Its folder and home.</param>
    public static ReelCommandProcess Start(Uri? url, string home, params string[] arguments) => Start(url, home, home, arguments);

    /// <summary>Starts it in a folder that is not its home.</summary>
    public static ReelCommandProcess Start(Uri? url, string folder, string home, string[] arguments)
    {
        var start = new ProcessStartInfo(ReelProcess.DotNet, [Path.Combine(AppContext.BaseDirectory, "Reel.Cli.dll"), .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("REEL_", StringComparison.Ordinal)).ToList()) start.Environment.Remove(name);
        start.Environment["XDG_CONFIG_HOME"] = Path.Combine(home, "config");
        start.Environment["XDG_DATA_HOME"] = Path.Combine(home, "data");
        start.Environment["HOME"] = home;
        if (url is not null) start.Environment["REEL_URL"] = url.AbsoluteUri;
        return new ReelCommandProcess(Process.Start(start)!);
    }

    /// <summary>Runs it to its end, in a folder that nobody has used.</summary>
    public static async Task<Ended> RunAsync(Uri? url, params string[] arguments)
    {
        using var command = Start(url, TestFolder.Create(), arguments);
        return await command.EndAsync();
    }

    /// <summary>Waits for its end.</summary>
    public async Task<Ended> EndAsync()
    {
        process.StandardInput.Close();
        try
        {
            await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(Seconds));
        }
        catch (TimeoutException)
        {
            Assert.Fail($"It did not end within {Seconds} seconds: {Error}");
        }

        await errors;
        return new Ended(process.ExitCode, await output, Error);
    }

    /// <summary>Writes to its standard input.</summary>
    public Task WriteAsync(string text) => process.StandardInput.WriteAsync(text);

    /// <summary>Waits until it has said something.</summary>
    public Task WaitForAsync(string text) =>
        Wait.UntilAsync(() => Error.Contains(text, StringComparison.Ordinal) || (process.HasExited ? throw new InvalidOperationException($"It ended: {Error}") : false), $"'{text}': {Error}", 120);

    /// <summary>Ctrl+C.</summary>
    public void Interrupt() => Signals.Send(process.Id, Signals.Interrupt);

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    public void Dispose()
    {
        if (!process.HasExited) process.Kill(entireProcessTree: true);
        process.Dispose();
    }
}
