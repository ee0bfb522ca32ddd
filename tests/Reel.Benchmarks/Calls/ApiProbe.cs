using System.Collections.Concurrent;
using System.Diagnostics;

namespace Reel.Benchmarks.Calls;

/// <summary>Calls at a steady rate, whether earlier ones are answered or not, until disposed of; keeps how long each took.</summary>
internal sealed class ApiProbe : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentBag<CallTime> timings = [];
    private readonly double perSecond;
    private readonly Func<int, CancellationToken, Task<bool>> call;
    private readonly Task probing;

    public ApiProbe(double perSecond, Func<int, CancellationToken, Task<bool>> call)
    {
        this.perSecond = perSecond;
        this.call = call;
        probing = Task.Run(ProbeAsync);
    }

    public int Failed => timings.Count(timing => !timing.IsAnswered);

    /// <summary>Milliseconds of the calls that were due in a span of <see cref="Stopwatch"/> timestamps.</summary>
    public Sample Between(long from, long to) =>
        new(timings.Where(timing => timing.Due >= from && timing.Due < to).Select(timing => timing.Took.TotalMilliseconds));

    /// <summary>Begins no more, and waits for those that are under way.</summary>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await probing;
        stop.Dispose();
    }

    private async Task ProbeAsync()
    {
        var start = Stopwatch.GetTimestamp();
        var running = new List<Task>();
        for (var number = 0; ; number++)
        {
            var due = start + (long)(number / perSecond * Stopwatch.Frequency);
            var wait = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due);
            if (wait > TimeSpan.Zero) await Task.Delay(wait, stop.Token).ContinueWith(_ => { }, TaskScheduler.Default);
            if (stop.IsCancellationRequested) break;
            running.Add(OneAsync(number, due));
        }

        await Task.WhenAll(running);
    }

    private async Task OneAsync(int number, long due) =>
        timings.Add(await ApiClient.TimeAsync(due, () => call(number, CancellationToken.None), CancellationToken.None));
}
