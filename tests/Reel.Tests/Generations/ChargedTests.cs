using Reel.Generations;

namespace Reel.Tests.Generations;

/// <summary>Every way in which a request can end, and whether it was paid for.</summary>
public sealed class ChargedTests : GenerationScript
{
    private static readonly List<Ending> Endings =
    [
        new(null, Charged.Yes, _ => { }),
        new(ErrorCodes.ProviderFailed, Charged.No, run => run.Check = _ => new CheckOutcome(CheckKind.Failed, "no")),
        new(ErrorCodes.ContentBlocked, Charged.No, run => run.Check = _ => new CheckOutcome(CheckKind.Failed, "no", ContentBlocked: true)),
        new(ErrorCodes.SubmitRefused, Charged.No, run => run.Submit(SubmitKind.Refused)),
        new(ErrorCodes.InsufficientCredits, Charged.No, run => run.Submit(SubmitKind.InsufficientCredits)),
        new(ErrorCodes.SubmitOutcomeUnknown, Charged.Unknown, run => run.Submit(SubmitKind.Unknown)),
        new(ErrorCodes.TimedOut, Charged.No, run => run.Submit(SubmitKind.NotAccepted)),
        new(ErrorCodes.TimedOut, Charged.No, run => run.Submit(SubmitKind.RateLimited)),
        new(ErrorCodes.TimedOut, Charged.Unknown, run => run.Submit(SubmitKind.Pending)),
        new(ErrorCodes.TimedOut, Charged.Unknown, run => run.Check = _ => new CheckOutcome(CheckKind.Processing)),
        new(ErrorCodes.Expired, Charged.Unknown, run => run.Check = _ => new CheckOutcome(CheckKind.NotFound, "gone")),
        new(ErrorCodes.SaveFailed, Charged.Yes, run => run.Save(new SaveVideoOutcome(Error: "gone", Gone: true))),
        new(ErrorCodes.Canceled, Charged.No, run => run.CancelAt(TimeSpan.FromMinutes(3)).Submit(SubmitKind.NotAccepted)),
        new(ErrorCodes.Canceled, Charged.Unknown, run => run.CancelAt(TimeSpan.FromMinutes(3)).Submit(SubmitKind.Pending)),
        new(ErrorCodes.Canceled, Charged.Unknown, run => run.CancelAt(TimeSpan.FromSeconds(50))),
        new(ErrorCodes.Canceled, Charged.Yes, run => run.CancelAt(TimeSpan.FromMinutes(20)).Save(new SaveVideoOutcome(Error: "no room"))),
        new(ErrorCodes.Internal, Charged.Unknown, run => run.Context.On(Activities.Check, CheckOutcome (_) => null!)),
        new(ErrorCodes.Internal, Charged.Yes, run => run.Save(null!)),
    ];

    public static TheoryData<int> Ways => [.. Enumerable.Range(0, Endings.Count)];

    [Theory]
    [MemberData(nameof(Ways))]
    public void A_final_state_says_whether_it_was_charged(int way)
    {
        var (code, charged, script) = Endings[way];
        script(this);

        var state = Run();

        Assert.True(state.IsFinal);
        Assert.Equal((code, (Charged?)charged), (state.ErrorCode, state.Charged));
        Assert.Equal(code is null, state.Error is null);
    }

    [Fact]
    public void Every_error_code_is_among_them()
    {
        var codes = typeof(ErrorCodes).GetFields().Select(field => (string)field.GetRawConstantValue()!);

        Assert.Equal(codes.Order(), Endings.Select(ending => ending.Code).OfType<string>().Distinct().Order());
    }

    private void Submit(SubmitKind kind)
    {
        Context.On(Activities.Submit, _ => new SubmitOutcome(kind, Error: "because"));
        Context.On(Activities.Withdraw, _ => new SubmitOutcome(kind, Error: "because"));
    }

    private void Save(SaveVideoOutcome outcome) => Context.On(Activities.SaveVideo, _ => outcome);

    private ChargedTests CancelAt(TimeSpan age)
    {
        Context.RaiseAt(Noon + age, Orchestrations.CancelEvent);
        return this;
    }

    private sealed record Ending(string? Code, Charged Charged, Action<ChargedTests> Script);
}
