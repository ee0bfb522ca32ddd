using Reel.Orchestration;
using Reel.Tests.Orchestration;
using Reel.Webhooks;

namespace Reel.Tests.Webhooks;

public sealed class ResendMissedTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly ResendMissedInput Begin = new("desk", "https://shop.test/hook");

    private readonly FakeOrchestrationContext context = new(Noon);

    [Fact]
    public void It_goes_on_where_the_step_before_ended_until_all_is_sent()
    {
        context.On(ResendMissedActivity.Name, input => new ResendStep(input with { After = $"{input.Sent}", Sent = input.Sent + 20 }, input.Sent == 40));

        Assert.Equal(60, context.Run(ResendMissed.RunAsync, Begin));

        Assert.Equal([null, "0", "20"], context.Calls.Select(call => call.InputAs<ResendMissedInput>().After));
        Assert.Equal([Noon, Noon.AddSeconds(5), Noon.AddSeconds(10)], context.Calls.Select(call => call.At));
    }

    [Fact]
    public void It_waits_for_an_endpoint_that_fails_and_gives_up_after_half_an_hour()
    {
        context.On(ResendMissedActivity.Name, input => new ResendStep(input with { Setbacks = input.Setbacks + 1 }, false));

        Assert.Equal(0, context.Run(ResendMissed.RunAsync, Begin));

        Assert.Equal(30, context.Calls.Count);
        Assert.InRange(context.UtcNow, Noon.AddMinutes(29), Noon.AddMinutes(31));
    }

    [Fact]
    public void A_long_list_goes_on_with_a_new_history()
    {
        context.On(ResendMissedActivity.Name, input => new ResendStep(input with { Sent = input.Sent + 20 }, false));

        context.Run(ResendMissed.RunAsync, Begin);

        Assert.Equal(50, context.Calls.Count);
        Assert.Equal(Begin with { Sent = 1_000 }, OrchestrationJson.Read<ResendMissedInput>(context.ContinuedWith));
    }
}
