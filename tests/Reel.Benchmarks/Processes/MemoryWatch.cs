namespace Reel.Benchmarks.Processes;

/// <summary>Looks at a process's memory once a second until disposed of, and keeps the most.</summary>
internal sealed class MemoryWatch : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly int id;
    private readonly Task watching;

    public MemoryWatch(int id)
    {
        this.id = id;
        watching = WatchAsync();
    }

    /// <summary>MiB, of the looks taken; NaN until there was one.</summary>
    public double PeakPss { get; private set; } = double.NaN;

    /// <summary>MiB, as the system kept it, between the looks too.</summary>
    public double PeakRss { get; private set; } = double.NaN;

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await watching;
        stop.Dispose();
    }

    private async Task WatchAsync()
    {
        using var second = new PeriodicTimer(TimeSpan.FromSeconds(1));
        try
        {
            do
            {
                PeakPss = Larger(PeakPss, ProcFiles.Pss(id));
                PeakRss = Larger(PeakRss, ProcFiles.PeakRss(id));
            }
            while (await second.WaitForNextTickAsync(stop.Token));
        }
        catch (OperationCanceledException)
        {
        }
    }

    // Not Math.Max: NaN would win.
    private static double Larger(double a, double b) => double.IsNaN(a) || b > a ? b : a;
}
