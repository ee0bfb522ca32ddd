using Azure.Storage.Blobs;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Reel.EndToEnd.Tests.Azurite;
using Reel.Generations;
using Reel.Records;
using Reel.Segmind;

namespace Reel.EndToEnd.Tests.Generations;

/// <summary>A submit with real storage, a provider that answers as it is told to, and a clock that stands still.</summary>
public abstract class SubmitScript(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>, IDisposable
{
    protected string ConnectionString { get; } = azurite.ConnectionString;

    internal RecordStore Records { get; } = new(new BlobServiceClient(azurite.ConnectionString));

    internal FakeProvider Provider { get; } = new();

    internal StillClock Clock { get; } = new();

    internal WaitingClock GateClock { get; } = new();

    internal SubmitGate Gate { get; private set; } = CreateGate(100, TimeProvider.System);

    protected SubmitInput Input { get; } = new($"local_{RequestId.New(DateTimeOffset.UtcNow)}", 1, "kling-2.6", "{}");

    public void Dispose()
    {
        Gate.Dispose();
        GC.SuppressFinalize(this);
    }

    protected Task<SubmitOutcome> RunAsync() => RunAsync(Input);

    /// <summary>The outcome without its plan, which two runs may make differently, and which there is whenever it is accepted.</summary>
    protected async Task<SubmitOutcome> RunAsync(SubmitInput submit)
    {
        var outcome = await Create(Records).RunAsync(submit, CancellationToken.None);
        Assert.Equal(outcome.Kind == SubmitKind.Accepted, outcome.Plan is not null);
        return outcome with { Plan = null };
    }

    protected Task<SubmitOutcome> WithdrawAsync(int attempt, string? instanceId = null) => new WithdrawActivity(CreateSubmissions(Records), Clock).RunAsync(
        new WithdrawInput(instanceId ?? Input.InstanceId, attempt, Input.Model), CancellationToken.None);

    internal SubmitActivity Create(RecordStore store) => new(Provider, CreateSubmissions(store), Gate, CreatePlans(store), Clock);

    private static PollPlans CreatePlans(RecordStore store) =>
        new(new RenderTimes(store, Options.Create(new SegmindOptions()), TimeProvider.System, NullLogger<RenderTimes>.Instance), Options.Create(new PollingOptions()), NullLogger<PollPlans>.Instance);

    /// <summary>Narrows the gate to one place, and takes it; the next to wait shows on its clock.</summary>
    internal async Task<SubmitEntry> EnterOnlyPlaceAsync()
    {
        Gate.Dispose();
        Gate = CreateGate(1, GateClock);
        var entry = await Gate.EnterAsync(CancellationToken.None);
        GateClock.Waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return entry;
    }

    private static SubmitGate CreateGate(int places, TimeProvider time) =>
        new(Options.Create(new SegmindOptions { MaxConcurrentSubmits = places }), time, NullLogger<SubmitGate>.Instance);

    private Submissions CreateSubmissions(RecordStore store) => new(store, SegmindTimings.Default, Clock, NullLogger<Submissions>.Instance);

    internal sealed class StillClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UtcNow;

        public TimeSpan Step { get; set; }

        public override DateTimeOffset GetUtcNow() => Now += Step;
    }

    internal sealed class WaitingClock : TimeProvider
    {
        public TaskCompletionSource Waiting { get; set; } = new();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Waiting.TrySetResult();
            return base.CreateTimer(callback, state, dueTime, period);
        }
    }

    internal sealed class FakeProvider : ISegmindClient
    {
        private int posts;

        public int Posts => posts;

        public CancellationToken LastToken { get; private set; }

        public Func<SubmitAnswer> Answer { get; set; } = Accept;

        public static SubmitAnswer.Accepted Accept() => new("p-1");

        public async Task<SubmitAnswer> SubmitAsync(string model, string parametersJson, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref posts);
            LastToken = cancellationToken;
            await Task.Yield();
            return Answer();
        }

        public Task<StatusAnswer> GetStatusAsync(string requestId, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<ResultAnswer> GetResultAsync(string requestId, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
