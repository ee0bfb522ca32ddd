using System.Text.Json.Nodes;
using Reel.Cli.Commands;
using Reel.Cli.Terminal;
using Reel.Cli.Watching;
using Reel.Client;

namespace Reel.Cli.Generating;

/// <summary>One request, from its submit to as far as was asked for.</summary>
internal static class Generation
{
    public static async Task<int> RunAsync(
        Session session, string model, JsonObject body, SubmitOptions options, bool wait, string? output, CancellationToken cancellationToken)
    {
        var screen = session.Screen;

        // From here on the request may be there, whatever happens to this process: with the key the same call finds it again.
        var keyed = options with { IdempotencyKey = options.IdempotencyKey ?? Guid.NewGuid().ToString() };
        session.Farewell = $"Interrupted while it was sent. The same with --idempotency-key {keyed.IdempotencyKey} within a day sends it, once at the most; later look at reel list first.";
        var accepted = await SubmitAsync(session, model, body, keyed, cancellationToken);
        var id = accepted.RequestId;
        if (!wait && output is null)
        {
            if (screen.IsJson) screen.Write(accepted.Json);
            else screen.Write(id);
            screen.Say($"Accepted. To follow it: reel watch {id}");
            return ExitCode.Done;
        }

        screen.Say($"Accepted as {id}.");
        session.Farewell = $"The render goes on. To come back to it: reel watch {id}{(output is null ? "" : $"; for the video: reel download {id} -o {output}")}";
        var client = session.ConnectPatiently();
        await Watcher.RunAsync(screen, client, [id], onState: null, session.Time, cancellationToken);
        var result = await client.Requests.GetAsync(id, cancellationToken: cancellationToken);
        if (screen.IsJson) screen.Write(result.Json);
        if (result.IsFailed)
        {
            screen.Say(Failures.Describe(result));
            return ExitCode.Failed;
        }

        var file = output is null ? null : await OutputFile.SaveAsync(client, id, result, output, cancellationToken);
        if (!screen.IsJson) screen.Write(file ?? result.Output ?? id);
        screen.Say($"Completed{(result.Cost is { } cost ? $" for {Prices.Show(cost)}" : "")}.{(file is null ? $" To save it: reel download {id}" : "")}");
        return ExitCode.Done;
    }

    private static async Task<ReelRequest> SubmitAsync(Session session, string model, JsonObject body, SubmitOptions options, CancellationToken cancellationToken)
    {
        try
        {
            return await session.Connect().Requests.SubmitAsync(model, body, options, cancellationToken);
        }
        catch (ReelException exception) when (exception.Status is 0 or >= 500)
        {
            session.Screen.Say($"Whether it was accepted is not known. The same with --idempotency-key {options.IdempotencyKey} within a day sends it, once at the most; later look at reel list first.");
            throw;
        }
    }
}
