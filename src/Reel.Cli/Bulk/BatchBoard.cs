using System.Collections.Concurrent;
using System.Globalization;
using Reel.Client;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Reel.Cli.Bulk;

/// <summary>How far a file of requests is.</summary>
internal sealed class BatchBoard(int total)
{
    private const int LongestBar = 40;

    private readonly ConcurrentDictionary<string, ReelBatchCounts> counts = new();
    private int saved;
    private int failed;

    public int Saved => saved;

    public int Failed => failed;

    /// <summary>How many are over.</summary>
    public int Over => saved + failed;

    public void Count(string batchId, ReelBatchCounts counted) => counts[batchId] = counted;

    public void Add(BatchResult result)
    {
        if (result.IsSaved) Interlocked.Increment(ref saved);
        else Interlocked.Increment(ref failed);
    }

    /// <summary>On one line.</summary>
    public string Describe() => string.Create(
        CultureInfo.InvariantCulture,
        $"{saved} of {total} saved, {failed} failed, {counts.Values.Sum(one => one.InFlight)} under way, {Math.Max(0, counts.Values.Sum(one => one.Completed) - saved)} to be saved");

    /// <summary>As a bar.</summary>
    public IRenderable Render(int width)
    {
        var bar = Math.Clamp(width - 70, 10, LongestBar);
        var (good, bad) = (bar * saved / total, bar * failed / total);
        return new Markup($"[green]{new string('━', good)}[/][red]{new string('━', bad)}[/][grey]{new string('━', bar - good - bad)}[/] {Markup.Escape(Describe())}");
    }
}
