using Microsoft.Extensions.Options;
using Reel.Orchestration;

namespace Reel.Local.Serve;

/// <summary>Runs a command and says in words what keeps it from starting.</summary>
internal static class Start
{
    /// <summary>
    /// The command's exit code; 130 when it was broken off by hand, which for <c>serve</c> is before it was up; 1 with an explanation when it could not start.
    /// </summary>
    /// <param name="stopsAreHeard">Completes when Ctrl+C and SIGTERM cancel the token. Before that they end the process on the spot, and nothing is begun.</param>
    public static async Task<int> RunAsync(Func<Task<int>> command, Task stopsAreHeard, CancellationToken cancellationToken)
    {
        await stopsAreHeard;
        try
        {
            return await command();
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            // Also what follows from it: Ctrl+C reaches npm and its like as well, and they fail.
            return 130;
        }
        catch (Exception exception) when (Explain(exception) is { } explanation)
        {
            await Console.Error.WriteLineAsync(explanation);
            return 1;
        }
    }

    private static string? Explain(Exception exception) => exception switch
    {
        StartException or OrchestrationUnavailableException => exception.Message,
        OptionsValidationException wrong => Describe(wrong.Failures),
        AggregateException several when several.InnerExceptions.All(inner => inner is OptionsValidationException) =>
            Describe(several.InnerExceptions.Cast<OptionsValidationException>().SelectMany(wrong => wrong.Failures)),
        IOException { InnerException: Microsoft.AspNetCore.Connections.AddressInUseException } => $"{exception.Message} Choose another address with --urls.",
        _ => null,
    };

    private static string Describe(IEnumerable<string> failures) => "Wrong settings:\n  " + string.Join("\n  ", failures.Distinct());
}
