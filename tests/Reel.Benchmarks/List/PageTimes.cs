using System.Diagnostics;
using System.Text.Json;
using Reel.Benchmarks.Calls;
using Reel.Benchmarks.Processes;

namespace Reel.Benchmarks.List;

/// <summary>How long pages take, and what they cost the desk; after each page a server that does nothing is asked.</summary>
/// <param name="desk">Its process.</param>
internal sealed class PageTimes(ApiClient caller, ApiClient other, int desk)
{
    /// <summary>The same page again and again.</summary>
    public async Task<IEnumerable<Figure>> RepeatAsync(string name, string address, int times, Target? target, CancellationToken cancellationToken)
    {
        var run = new Run(desk);
        for (var i = 0; i < times; i++) (await run.TimeAsync(caller, other, address, cancellationToken)).Dispose();
        return run.Figures(name, target);
    }

    /// <summary>All pages from the first to the last.</summary>
    public async Task<IEnumerable<Figure>> WalkAsync(string name, string address, Target? target, CancellationToken cancellationToken)
    {
        var run = new Run(desk);
        string? cursor = null;
        do
        {
            using var page = await run.TimeAsync(caller, other, cursor is null ? address : $"{address}&cursor={cursor}", cancellationToken);
            run.Found += page.RootElement.GetProperty("requests").GetArrayLength();
            cursor = page.RootElement.TryGetProperty("next_cursor", out var next) ? next.GetString() : null;
        }
        while (cursor is not null);

        return [.. run.Figures(name, target), new($"{name}_pages", run.Count, ""), new($"{name}_requests", run.Found, "")];
    }

    private sealed class Run(int desk)
    {
        private readonly List<double> pages = [];
        private readonly List<double> nothing = [];
        private readonly double cpu = ProcFiles.Cpu(desk);

        public int Count => pages.Count;

        public int Found { get; set; }

        public async Task<JsonDocument> TimeAsync(ApiClient caller, ApiClient other, string address, CancellationToken cancellationToken)
        {
            var begun = Stopwatch.GetTimestamp();
            var page = await caller.ReadAsync(address, cancellationToken);
            pages.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            begun = Stopwatch.GetTimestamp();
            await other.IsFoundAsync("/", cancellationToken);
            nothing.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            return page;
        }

        public IEnumerable<Figure> Figures(string name, Target? target)
        {
            var (page, floor) = (new Sample(pages), new Sample(nothing));
            yield return new($"{name}_p50", page.Median, "ms", target);
            if (pages.Count > 1) yield return new($"{name}_p99", page.Percentile(99), "ms", target);
            yield return new($"{name}_cpu", (ProcFiles.Cpu(desk) - cpu) * 1000 / pages.Count, "ms");
            if (pages.Count > 1) yield return new($"{name}_nothing_p99", floor.Percentile(99), "ms");
        }
    }
}
