using Reel.Local.Engine;
using Reel.Local.Serve;
using Reel.Webhooks;

namespace Reel.Benchmarks.Webhooks;

/// <summary>Under what circumstances webhooks are sent.</summary>
/// <param name="HangsOnHalf">The bad receivers answer every other connection, instead of none.</param>
internal sealed record WebhookScenario(
    string Name, string Description, AttemptCapacity Capacity, int Deliveries, double StartsPerSecond, int BadShare, bool HangsOnHalf)
{
    public static IReadOnlyList<WebhookScenario> All { get; } =
    [
        new("webhooks", "Many deliveries, some to receivers that hang: how soon the others hear.", Desk.Attempts, 10_000, 300, 100, false),
        new("webhooks-half", "The same with receivers that hang on half of their attempts.", Desk.Attempts, 10_000, 300, 10, true),
        new("webhooks-30", "With as many places as an instance of the Functions app has.", AttemptCapacity.OfFunctions, 2_000, 40, 10, true),
    ];

    public void Limit(EngineOptions engine)
    {
        Desk.LimitActivities(engine);
        engine.MaxConcurrentByActivity[AttemptWebhookActivity.FunctionName] = Capacity.Places;
    }
}
