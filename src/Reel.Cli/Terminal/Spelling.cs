namespace Reel.Cli.Terminal;

/// <summary>What somebody meant who mistyped.</summary>
internal static class Spelling
{
    /// <summary>The known word that is nearest; null when none is near: more than a third of the letters would be wrong.</summary>
    public static string? Nearest(string word, IEnumerable<string> known) => known
        .Select(candidate => (Word: candidate, Slips: Slips(word.ToLowerInvariant(), candidate)))
        .Where(candidate => candidate.Slips <= Math.Max(1, Math.Min(word.Length, candidate.Word.Length) / 3))
        .OrderBy(candidate => candidate.Slips)
        .Select(candidate => candidate.Word)
        .FirstOrDefault();

    /// <summary>Letters to insert, drop or change.</summary>
    private static int Slips(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(change, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
