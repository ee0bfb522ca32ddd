using System.CommandLine;
using Reel.Cli.Settings;
using Reel.Cli.Terminal;
using Reel.Client;

namespace Reel.Cli.Commands;

/// <summary>One run of a command: where it writes, whom it asks, and how it ends when something goes wrong.</summary>
internal sealed class Session(Screen screen, ConnectionSettings settings, TimeProvider time) : IDisposable
{
    // Who has begun to wait for minutes waits out a restart of the server.
    private static readonly TimeSpan Brief = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan WorthSaying = TimeSpan.FromSeconds(2);

    private readonly List<ReelClient> clients = [];
    private string lastSaid = "";

    public Screen Screen => screen;

    public ConnectionSettings Settings => settings;

    /// <summary>The clock.</summary>
    public TimeProvider Time => time;

    /// <summary>What is said when the command is interrupted.</summary>
    public string? Farewell { get; set; }

    /// <summary>A client that gives up after seconds.</summary>
    public ReelClient Connect() => Keep(settings.Connect(Brief));

    /// <summary>A client that waits out ten minutes without the server, and says so.</summary>
    public ReelClient ConnectPatiently() => Keep(settings.Connect(Long, SayWaiting));

    /// <summary>Runs a command.</summary>
    /// <returns>Its exit code, or that of what went wrong, which is said.</returns>
    public static async Task<int> RunAsync(
        ParseResult parsed, Func<ParseResult, Session, CancellationToken, Task<int>> run, CancellationToken cancellationToken)
    {
        using var screen = new Screen(parsed.GetValue(GlobalOptions.Json));
        try
        {
            return await RunAsync(screen, parsed, run, cancellationToken);
        }
        catch (OperationCanceledException) when (screen.ReaderGone.IsCancellationRequested)
        {
            return ExitCode.ReaderGone;
        }
    }

    private static async Task<int> RunAsync(
        Screen screen, ParseResult parsed, Func<ParseResult, Session, CancellationToken, Task<int>> run, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, screen.ReaderGone);
        Session? session = null;
        try
        {
            var settings = ConnectionSettings.Read(parsed);
            foreach (var warning in settings.Warnings) screen.Say($"Warning: {warning}");
            session = new Session(screen, settings, TimeProvider.System);
            return await run(parsed, session, end.Token);
        }
        catch (Exception) when (screen.ReaderGone.IsCancellationRequested)
        {
            // Whatever came of that: who does not read is told nothing.
            return ExitCode.ReaderGone;
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            if (session?.Farewell is { } farewell) screen.Say(farewell);
            return ExitCode.Interrupted;
        }
        catch (ReelException exception)
        {
            if (screen.IsJson && exception.Body is { } body) screen.Write(body);
            screen.Say(Failures.Describe(exception));
            return Failures.ExitCodeOf(exception);
        }
        catch (SettingsException exception)
        {
            screen.Say(exception.Message);
            return ExitCode.Usage;
        }
        catch (Exception exception) when (exception is CommandException or IOException or UnauthorizedAccessException)
        {
            screen.Say(exception.Message);
            return (exception as CommandException)?.Code ?? ExitCode.Error;
        }
        catch (Exception exception)
        {
            // A defect; its place in the code helps nobody at a terminal.
            screen.Say($"reel failed: {exception.GetType().Name}: {exception.Message}");
            return ExitCode.Error;
        }
        finally
        {
            session?.Dispose();
        }
    }

    public void Dispose()
    {
        foreach (var client in clients) client.Dispose();
    }

    private ReelClient Keep(ReelClient client)
    {
        clients.Add(client);
        return client;
    }

    // Many calls wait for the same; it is said once.
    private void SayWaiting(ReelException because, TimeSpan wait)
    {
        if (wait < WorthSaying || Interlocked.Exchange(ref lastSaid, because.Message) == because.Message) return;
        screen.Say($"Waiting: {because.Message}");
    }
}

/// <summary>A command cannot go on; the message says why.</summary>
internal sealed class CommandException(string message, int exitCode = ExitCode.Error) : Exception(message)
{
    public int Code { get; } = exitCode;
}
