using Spectre.Console;
using Spectre.Console.Rendering;

namespace Reel.Cli.Watching;

/// <summary>Draws something again and again until a task has ended.</summary>
internal static class LiveDisplay
{
    // A line is left for the prompt.
    private const int SpareLines = 2;

    /// <param name="render">Given the lines there are.</param>
    public static Task ShowAsync(IAnsiConsole console, Func<int, IRenderable> render, Task until, TimeSpan frame, TimeProvider time) =>
        console.Live(new Text("")).Overflow(VerticalOverflow.Crop).StartAsync(async live =>
        {
            while (!until.IsCompleted)
            {
                live.UpdateTarget(render(Math.Max(console.Profile.Height - SpareLines, 1)));
                await Task.WhenAny(until, Task.Delay(frame, time));
            }

            live.UpdateTarget(render(Math.Max(console.Profile.Height - SpareLines, 1)));
        });
}
