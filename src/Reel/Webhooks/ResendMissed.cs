using Reel.Orchestration;

namespace Reel.Webhooks;

/// <summary>Sends an endpoint what it has missed: the input of a resending, and of each of its steps.</summary>
/// <param name="Url">The endpoint's: without its query.</param>
/// <param name="After">What it has come to; null for the beginning.</param>
/// <param name="Sent">How many deliveries it has begun.</param>
/// <param name="Setbacks">How often in a row the endpoint was found to fail.</param>
public sealed record ResendMissedInput(string CallerId, string Url, string? After = null, int Sent = 0, int Setbacks = 0);

/// <summary>What a step came to.</summary>
/// <param name="Next">What the next one goes on with.</param>
/// <param name="IsOver">There is no next one.</param>
public sealed record ResendStep(ResendMissedInput Next, bool IsOver);

/// <summary>
/// The orchestration that sends an endpoint what it has missed, oldest first and a few at a time. While the endpoint fails it waits, and after half an
/// hour of that it gives up; what it has not come to stays on the list.
/// </summary>
public static class ResendMissed
{
    /// <summary>The orchestration's name in histories.</summary>
    public const string FunctionName = "ResendMissed";

    private const int MostSetbacks = 30;

    // A history is read again at each step.
    private const int StepsOfAnExecution = 50;

    private static readonly TimeSpan BetweenSteps = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AfterSetback = TimeSpan.FromMinutes(1);
    private static readonly RetryPolicy Patiently = new(20, TimeSpan.FromSeconds(5), MaxInterval: TimeSpan.FromMinutes(10));

    /// <summary>The orchestration's name with its types; its output is how many deliveries it has begun.</summary>
    public static OrchestrationName<ResendMissedInput, int> Name { get; } = new(FunctionName);

    public static async Task<int> RunAsync(IOrchestrationContext context, ResendMissedInput input)
    {
        for (var steps = 0; steps < StepsOfAnExecution; steps++)
        {
            var step = await context.CallAsync(ResendMissedActivity.Name, input, Patiently);
            input = step.Next;
            if (step.IsOver || input.Setbacks >= MostSetbacks) return input.Sent;

            var until = context.UtcNow + (input.Setbacks == 0 ? BetweenSteps : AfterSetback);
            while (context.UtcNow < until) await context.CreateTimer(until);
        }

        context.ContinueAsNew(input);
        return input.Sent;
    }
}
