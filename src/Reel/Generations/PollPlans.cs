using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Reel.Generations;

/// <summary>Makes poll plans, of what is known of the times of such renders and what a check is worth.</summary>
public sealed partial class PollPlans(RenderTimes times, IOptions<PollingOptions> options, ILogger<PollPlans> logger)
{
    /// <summary>
    /// The plan for a render that begins now; null when there is none to be had, and one asks by the page's figure. Never throws: whoever asks may have
    /// paid a moment ago.
    /// </summary>
    /// <param name="parameters">The model's parameters as a JSON object, validated.</param>
    public async Task<PollPlan?> MakeAsync(string model, string parameters)
    {
        try
        {
            var kind = RenderKind.Of(model, parameters);
            var polling = options.Value;
            var expected = (await times.LookAsync(kind)).Expect(RenderKind.TypicalSecondsOf(kind));
            return PollPlan.For(kind, expected, polling.Least.TotalSeconds, polling.Most.TotalSeconds, polling.CheckWorth.TotalSeconds);
        }
        catch (Exception exception)
        {
            LogNoPlan(model, exception);
            return null;
        }
    }

    [LoggerMessage(LogLevel.Error, "There is no poll plan for {Model}.")]
    private partial void LogNoPlan(string model, Exception exception);
}
