using System.Text.Json.Nodes;
using Reel.Cli.Commands;
using Reel.Cli.Terminal;
using Reel.Client;

namespace Reel.Cli.Generating;

/// <summary>Shows what a submit would do.</summary>
internal static class DryRuns
{
    public static async Task<int> ShowAsync(Session session, string model, JsonObject body, SubmitOptions options, CancellationToken cancellationToken)
    {
        var answer = await session.Connect().Requests.DryRunAsync(model, body, options, cancellationToken);
        var screen = session.Screen;
        if (screen.IsJson)
        {
            screen.Write(answer.Json);
            return ExitCode.Done;
        }

        screen.Write(["PARAMETER", "VALUE"], answer.Parameters.Select(one => new[] { one.Key, ParameterOption.Show(one.Value) }));
        screen.Say($"{answer.Model}: {Prices.Show(answer.PriceUsd)}, typically after {answer.TypicalSeconds:0} s. Nothing was started.");
        if (answer.RefusedBy is { } limit) screen.Say($"It would be refused now: your limit {limit.Name} is {limit.Value}, of which {limit.Used} is used.");
        return ExitCode.Done;
    }
}
