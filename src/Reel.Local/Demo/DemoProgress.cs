using System.Diagnostics;
using Spectre.Console;

namespace Reel.Local.Demo;

/// <summary>A bar per request while they render.</summary>
internal static class DemoProgress
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    public static Task ShowAsync(IAnsiConsole console, IReadOnlyList<DemoRequest> requests, double speed, CancellationToken cancellationToken) =>
        console.Progress()
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .StartAsync(async progress =>
            {
                var clock = Stopwatch.StartNew();
                var bars = requests.Select(request => (Request: request, Bar: progress.AddTask(request.Model.Slug))).ToList();
                while (bars.Exists(bar => !bar.Request.IsDone))
                {
                    foreach (var (request, bar) in bars.Where(bar => !bar.Request.IsDone))
                    {
                        await request.RefreshAsync(cancellationToken);
                        bar.Description = $"{request.Model.Slug,-22} {request.Stage,-10}";

                        // The provider tells no progress: this is the time gone of the typical time, and never all of it before the end.
                        bar.Value = request.IsDone ? 100 : Math.Min(97, clock.Elapsed / (request.Model.TypicalTime / speed) * 90);
                        if (request.IsDone) bar.StopTask();
                    }

                    await Task.Delay(Interval, cancellationToken);
                }
            });
}
