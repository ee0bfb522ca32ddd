using System.Diagnostics;
using Reel.Benchmarks.Calls;
using Reel.Benchmarks.Processes;

namespace Reel.Benchmarks.Start;

/// <summary>A desk that is started again and again, with the emulated provider in it.</summary>
/// <param name="Storage">A connection string; null for an Azurite of its own.</param>
internal sealed record StartingDesk(string DataFolder, string? Storage)
{
    /// <summary>Starts it, waits for the first answer, and stops it.</summary>
    public async Task<StartTime> StartAsync(CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        var (process, url) = await ServeAsync(cancellationToken);
        await using var running = process;
        using var caller = new ApiClient(url, 1);
        if (!await caller.IsFoundAsync("/healthz", cancellationToken)) throw new InvalidOperationException($"The desk is not well: {process.Errors}");
        var time = new StartTime(watch.Elapsed.TotalMilliseconds, ProcFiles.Cpu(process.Id));
        await process.StopAsync(cancellationToken);
        return time;
    }

    /// <summary>Has it run so many requests to their end.</summary>
    public async Task FillAsync(int requests, TimeSpan limit, CancellationToken cancellationToken)
    {
        var (process, url) = await ServeAsync(cancellationToken);
        await using var running = process;
        using var caller = new ApiClient(url, 1);
        for (var number = 0; number < requests; number++) await caller.SubmitAsync($"take {number}", null, cancellationToken);
        var watch = Stopwatch.StartNew();
        while (await CountAsync("QUEUED") + await CountAsync("PROCESSING") > 0)
        {
            if (watch.Elapsed > limit) throw new InvalidOperationException($"The first requests do not end: {process.Errors}");
            await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
        }

        await process.StopAsync(cancellationToken);

        async Task<int> CountAsync(string status)
        {
            using var page = await caller.ReadAsync($"/v2/requests?status={status}", cancellationToken);
            return page.RootElement.GetProperty("requests").GetArrayLength();
        }
    }

    private async Task<(ChildProcess Process, Uri Url)> ServeAsync(CancellationToken cancellationToken)
    {
        string[] arguments = ["serve", "--urls", "http://127.0.0.1:0", "--storage-port", "0", "--data", DataFolder];
        var (process, line) = await ChildProcess.StartAsync("Reel.Local", arguments, new Dictionary<string, string?> { ["AzureWebJobsStorage"] = Storage }, cancellationToken);

        // "Reel      http://127.0.0.1:41234, with its data in …"
        return (process, new Uri(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1].TrimEnd(',')));
    }
}
