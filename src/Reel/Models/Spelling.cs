namespace Reel.Models;

/// <summary>Finds the name that was probably meant.</summary>
internal static class Spelling
{
    private const int LongestName = 64;

    /// <summary>
    /// The known name nearest to what was typed, ignoring case: a few slips away, or else containing it or contained in it (<c>image</c> for
    /// <c>image_url</c>). Null when none is near, and for anything too long to be a slip.
    /// </summary>
    public static string? Nearest(string typed, IEnumerable<string> known)
    {
        if (typed.Length is 0 or > LongestName)
            return null;

        var lower = typed.ToLowerInvariant();
        return known
            .Select(name => (name, slips: Slips(lower, name), part: IsPart(lower, name) || IsPart(name, lower)))
            .Where(candidate => candidate.part || candidate.slips <= Math.Clamp(candidate.name.Length / 3, 1, 4))
            .OrderBy(candidate => candidate.slips)
            .Select(candidate => candidate.name)
            .FirstOrDefault();
    }

    private static bool IsPart(string part, string whole) => part.Length >= 4 && whole.Contains(part, StringComparison.Ordinal);

    /// <summary>Letters to insert, drop, change or swap with their neighbour: optimal string alignment, a row per letter.</summary>
    private static int Slips(string a, string b)
    {
        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
            rows[i, 0] = i;
        for (var j = 0; j <= b.Length; j++)
            rows[0, j] = j;

        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var change = rows[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                rows[i, j] = Math.Min(change, Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
            }
        }

        return rows[a.Length, b.Length];
    }
}
