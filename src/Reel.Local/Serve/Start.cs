using Microsoft.Extensions.Options;

namespace Reel.Local.Serve;

/// <summary>Runs a command and says in words what keeps it from starting.</summary>
internal static class Start
{
    /// <summary>The command's exit code; 0 when it was stopped by hand, 1 with an explanation when it could not start.</summary>
    public static async Task<int> RunAsync(Func<Task<int>> command, CancellationToken cancellationToken)
    {
        try
        {
            return await command();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
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
        StartException => exception.Message,
        OptionsValidationException wrong => "Wrong settings:\n  " + string.Join("\n  ", wrong.Failures),
        IOException { InnerException: Microsoft.AspNetCore.Connections.AddressInUseException } => $"{exception.Message} Choose another address with --urls.",
        _ => null,
    };
}
