using System.Diagnostics;

namespace Reel.EndToEnd.Tests.Azurite;

internal static class Wait
{
    /// <summary>Polls until the condition holds; fails the test after the deadline.</summary>
    public static async Task UntilAsync(Func<bool> condition, string what, int seconds = 20)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(watch.Elapsed.TotalSeconds < seconds, $"Waited {seconds} seconds in vain: {what}");
            await Task.Delay(20);
        }
    }
}
