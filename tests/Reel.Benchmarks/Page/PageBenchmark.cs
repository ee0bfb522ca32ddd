using System.Diagnostics;
using Microsoft.Playwright;
using Reel.Benchmarks.Calls;
using Reel.Benchmarks.Processes;
using Reel.Page.Tests;

namespace Reel.Benchmarks.Page;

/// <summary>
/// The page of a desk with 5,000 finished requests, in a browser without a screen: how soon something is seen by whoever comes for the first time, beside a page that is
/// one word, and how evenly the whole gallery scrolls. The desk, Azurite and the emulated provider are on the same machine as the browser and do nothing else meanwhile.
/// </summary>
internal sealed class PageBenchmark : IBenchmark
{
    private const int Requests = 5_000;
    private const int Connections = 50;
    private const int Loads = 20;
    private const int FailedOneIn = 25;

    public string Name => "page";

    public string Description => "First paint of the page, and scrolling through its gallery of 5,000.";

    public async Task<IReadOnlyList<Figure>> RunAsync(BenchmarkRun run, CancellationToken cancellationToken)
    {
        var count = run.Scaled(Requests);
        await using var around = await Surroundings.StartAsync(run.Folder, speed: 500, cancellationToken);
        var (desk, url) = await around.ServeAsync(cancellationToken, ("Polling__Least", "00:00:01"), ("Polling__Most", "00:00:02"));
        await using var running = desk;
        run.Say($"making {count:#,0} videos");
        await FillAsync(url, count, cancellationToken);

        var browser = await Chromium.Browser;
        run.Say($"browser {browser.Version}, load {Machine.Load:0.00}; {Loads} first visits");
        var paints = new Sample(await FirstPaintsAsync(browser, url, cancellationToken));
        var word = new Sample(await FirstPaintsAsync(browser, new Uri(url, "/healthz"), cancellationToken));

        await using var context = await browser.NewContextAsync(Window);
        context.SetDefaultTimeout((float)TimeSpan.FromMinutes(10).TotalMilliseconds);
        var scrolling = new Scrolling(await context.NewPageAsync());
        run.Say("scrolling to the end of the gallery");
        await scrolling.OpenAsync(url, count);
        List<Figure> figures =
        [
            new("first_paint_p50", paints.Median, "ms", Target.Below(300)),
            new("first_paint_p95", paints.Percentile(95), "ms", Target.Below(300)),
            new("one_word_first_paint_p50", word.Median, "ms"),
            new("one_word_first_paint_p95", word.Percentile(95), "ms"),
            new("cards", count, ""),
        ];
        foreach (var (name, speed) in Scrolling.Speeds)
        {
            run.Say($"scrolling at {speed:#,0} pixels a second, load {Machine.Load:0.00}");
            figures.AddRange(await scrolling.MeasureAsync(name, speed));
        }

        return figures;
    }

    private static BrowserNewContextOptions Window => new() { ViewportSize = new ViewportSize { Width = 1440, Height = 900 }, Locale = "en-GB" };

    private static async Task FillAsync(Uri url, int count, CancellationToken cancellationToken)
    {
        using var caller = new ApiClient(url, Connections);
        var limits = new ParallelOptions { MaxDegreeOfParallelism = Connections, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(Enumerable.Range(0, count), limits, async (number, token) =>
        {
            var prompt = $"Take {number}: a lighthouse in a storm, seen from a boat that is coming home{(number % FailedOneIn == 7 ? " [fail]" : "")}";
            if (await caller.SubmitAsync(prompt, null, token) is null) throw new InvalidOperationException($"Submit {number} was refused.");
        });

        var watch = Stopwatch.StartNew();
        while (true)
        {
            using var usage = await caller.ReadAsync("/v2/usage", cancellationToken);
            if (usage.RootElement.GetProperty("total").GetProperty("open").GetInt32() == 0) return;
            if (watch.Elapsed > TimeSpan.FromMinutes(15)) throw new InvalidOperationException("The videos do not come to their end.");
            await Task.Delay(1_000, cancellationToken);
        }
    }

    /// <summary>Each with a profile of its own: nothing is in a cache, and no connection is open.</summary>
    /// <returns>In milliseconds since the visit began.</returns>
    private static async Task<IEnumerable<double>> FirstPaintsAsync(IBrowser browser, Uri url, CancellationToken cancellationToken)
    {
        var paints = new List<double>();
        for (var load = 0; load < Loads; load++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await using var context = await browser.NewContextAsync(Window);
            var page = await context.NewPageAsync();
            await page.GotoAsync(url.AbsoluteUri);
            var paint = await page.WaitForFunctionAsync("() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime");
            paints.Add(await paint.JsonValueAsync<double>());
        }

        return paints;
    }
}
