using Reel.Emulator.Faults;
using Reel.Emulator.Jobs;

namespace Reel.Emulator.Endpoints;

/// <summary>What became of a request: the light answer and the full one.</summary>
internal static class RequestEndpoints
{
    public static Task StatusAsync(Exchange exchange, string id) => AnswerAsync(exchange, id, Place.Status, RecordAnswers.Status);

    public static Task ResultAsync(Exchange exchange, string id) => AnswerAsync(exchange, id, Place.Result, RecordAnswers.Result);

    private static async Task AnswerAsync(Exchange exchange, string id, Place place, Func<Job, JobState, string, Answer> tell)
    {
        var provider = exchange.Provider;
        exchange.Asked(id);
        if (provider.Keys.Refusal(exchange.Context.Request) is { } unauthorized)
        {
            await exchange.WriteAsync(Answer.Error(401, unauthorized));
            return;
        }

        var known = provider.Jobs.Find(id);
        var strike = await exchange.FaceFaultsAsync(place, known?.Model, known?.Prompt, id);
        if (known is not null) Shape(exchange, known, strike);

        var now = provider.Now;
        var answer = provider.Jobs.Find(id) is not { } job ? Answer.Error(404, $"Request {id} not found")
            : strike.Decisive is { Kind: "backwards" } rule
                ? RecordAnswers.Working(job, rule.As is "PROCESSING" ? JobState.Processing : JobState.Queued, exchange.Root)
            : tell(job, job.StateAt(now), exchange.Root);
        await exchange.SendAsync(answer);
    }

    private static void Shape(Exchange exchange, Job job, Strike strike)
    {
        var options = exchange.Provider.Options;
        var now = exchange.Provider.Now;
        var after = job;
        if (strike.Failure is { } failure && after.StateAt(now) is not JobState.Failed)
            after = after.FailedAt(now, failure, options.RecordLifetime, options.FileLifetime);
        if (strike.RecordLifetime is { } life)
            after = after with { RecordExpiresAt = now + life };
        exchange.Changed(job, after);
    }
}
