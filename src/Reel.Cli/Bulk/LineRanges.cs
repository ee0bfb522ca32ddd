namespace Reel.Cli.Bulk;

/// <summary>Numbers of lines for people.</summary>
internal static class LineRanges
{
    // More than that nobody reads; the results have them all.
    private const int MostRanges = 40;

    /// <summary>As "line 3" or "lines 1-4, 7, 9-12".</summary>
    public static string Of(IEnumerable<int> lines)
    {
        List<(int From, int To)> ranges = [];
        foreach (var line in lines.Order())
        {
            if (ranges.Count > 0 && ranges[^1].To == line - 1) ranges[^1] = (ranges[^1].From, line);
            else ranges.Add((line, line));
        }

        var shown = ranges.Take(MostRanges).Select(range => range.From == range.To ? $"{range.From}" : $"{range.From}-{range.To}");
        var isOne = ranges is [var only] && only.From == only.To;
        return $"{(isOne ? "line" : "lines")} {string.Join(", ", shown)}{(ranges.Count > MostRanges ? ", …" : "")}";
    }
}
