using System.Text.Json;

namespace Reel.Cli.Bulk;

/// <summary>What became of the lines, in a file that is added to; the last that it says of a line counts.</summary>
internal sealed class ResultsFile : IDisposable
{
    private readonly string path;
    private readonly Lock writing = new();
    private readonly Dictionary<int, BatchResult> results = [];
    private StreamWriter? appending;

    /// <summary>Reads what is there.</summary>
    public ResultsFile(string path)
    {
        this.path = path;
        foreach (var result in Read(path)) results[result.Line] = result;
    }

    /// <summary>All that is known, by line.</summary>
    public IReadOnlyList<BatchResult> All
    {
        get
        {
            lock (writing) return [.. results.Values.OrderBy(result => result.Line)];
        }
    }

    /// <summary>The last that is known of a line; null for nothing.</summary>
    public BatchResult? Find(int line)
    {
        lock (writing) return results.GetValueOrDefault(line);
    }

    /// <summary>Remembers what became of a line.</summary>
    public void Add(BatchResult result)
    {
        lock (writing)
        {
            var told = result.After(results.GetValueOrDefault(result.Line));
            results[result.Line] = told;
            appending ??= Begin();
            appending.WriteLine(Text(told));
            appending.Flush();
        }
    }

    /// <summary>Writes the results in the order of the lines, those of these lines alone.</summary>
    public void Finish(IReadOnlySet<int> lines)
    {
        lock (writing)
        {
            appending?.Dispose();
            appending = null;
            foreach (var left in results.Keys.Where(line => !lines.Contains(line)).ToList()) results.Remove(left);
            WholeFile.Replace(path, string.Concat(results.Values.OrderBy(result => result.Line).Select(result => Text(result) + "\n")));
        }
    }

    public void Dispose() => appending?.Dispose();

    private static string Text(BatchResult result) => JsonSerializer.Serialize(result, BatchJson.Types.BatchResult);

    // A line that a kill cut short is left out, so that the next one does not go on in it.
    private StreamWriter Begin()
    {
        WholeFile.Replace(path, string.Concat(results.Values.Select(result => Text(result) + "\n")));
        return new StreamWriter(path, append: true);
    }

    private static IEnumerable<BatchResult> Read(string path)
    {
        if (!File.Exists(path)) yield break;
        foreach (var line in File.ReadLines(path))
        {
            BatchResult? result = null;
            try
            {
                result = JsonSerializer.Deserialize(line, BatchJson.Types.BatchResult);
            }
            catch (JsonException)
            {
                // Cut short by a kill: it is found out anew.
            }

            if (result is not null) yield return result;
        }
    }
}
