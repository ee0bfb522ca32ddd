using Microsoft.Playwright;

namespace Reel.Benchmarks.Page;

/// <summary>Scrolling through the gallery, and how long each frame of it took.</summary>
internal sealed class Scrolling(IPage page)
{
    private const int Milliseconds = 5_000;

    // Three frames at 60 a second: what takes longer is seen.
    private const double Hitch = 50;

    /// <summary>In pixels a second: a hand that looks, and one that is in a hurry.</summary>
    public static IReadOnlyList<(string Name, int Speed)> Speeds { get; } = [("scroll", 2_000), ("scroll_fast", 20_000)];

    /// <summary>Opens the page and scrolls until there are so many cards.</summary>
    public async Task OpenAsync(Uri url, int cards)
    {
        await page.GotoAsync(url.AbsoluteUri);
        await page.WaitForFunctionAsync("""
            (cards) => {
              scrollTo(0, document.documentElement.scrollHeight);
              return document.querySelectorAll('.card').length >= cards;
            }
            """, cards);
    }

    /// <summary>Scrolls down from the top for five seconds.</summary>
    public async Task<IEnumerable<Figure>> MeasureAsync(string name, int speed)
    {
        await page.EvaluateAsync("scrollTo(0, 0)");
        await page.WaitForTimeoutAsync(2_000);
        var frames = new Sample(await page.EvaluateAsync<double[]>("""
            ([speed, milliseconds]) => new Promise((resolve) => {
              const frames = [];
              let first = 0;
              let last = 0;
              const step = (now) => {
                if (first === 0) first = now;
                else frames.push(now - last);
                last = now;
                if (now - first > milliseconds) return resolve(frames);
                scrollTo(0, ((now - first) * speed) / 1000);
                requestAnimationFrame(step);
              };
              requestAnimationFrame(step);
            })
            """, new[] { speed, Milliseconds }));
        return
        [
            new($"{name}_speed", speed, "px/s"),
            new($"{name}_frames", frames.Count, ""),
            new($"{name}_frame_p50", frames.Median, "ms"),
            new($"{name}_frame_p95", frames.Percentile(95), "ms", Target.Below(Hitch)),
            new($"{name}_frame_most", frames.Most, "ms"),
            new($"{name}_hitches", frames.Above(Hitch), ""),
        ];
    }
}
