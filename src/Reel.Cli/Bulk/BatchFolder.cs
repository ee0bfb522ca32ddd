using System.Text.Json;
using Reel.Cli.Commands;
using Reel.Cli.Terminal;

namespace Reel.Cli.Bulk;

/// <summary>
/// The folder of the videos, with what is remembered beside them. Held by one process at a time. What is written is there whole or not at all, so that
/// it is right whenever the process is killed.
/// </summary>
internal sealed class BatchFolder : IDisposable
{
    private const string StateName = "reel-batch.json";
    private const string ResultsName = "results.jsonl";

    private readonly FileStream held;
    private readonly Lock writing = new();
    private readonly Dictionary<int, BatchResult> results = [];
    private IReadOnlyDictionary<int, Chunk> latest = new Dictionary<int, Chunk>();
    private StreamWriter? appending;

    private BatchFolder(string path, FileStream held) => (Path, this.held) = (path, held);

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>What was sent; null before anything was.</summary>
    public BatchState? State { get; private set; }

    /// <summary>Takes the folder, which is made if need be.</summary>
    /// <exception cref="CommandException">Another process has it, or what is in it cannot be read.</exception>
    public static BatchFolder Open(string path)
    {
        Directory.CreateDirectory(path);
        FileStream held;
        try
        {
            held = new FileStream(System.IO.Path.Combine(path, ".reel-batch.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception)
        {
            throw new CommandException($"Another reel batch is at work in {path}. ({exception.Message})");
        }

        var folder = new BatchFolder(path, held);
        try
        {
            if (folder.ReadState() is { } state) folder.Know(state);
            foreach (var result in folder.ReadResults()) folder.results[result.Line] = result;
            return folder;
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>What to go on with: what was sent before, with the same server and key, or nothing yet.</summary>
    /// <param name="key">Null for none.</param>
    /// <exception cref="CommandException">It was begun with others: what was sent there is not known here, and would be paid twice.</exception>
    public BatchState StateFor(string url, string? key)
    {
        var state = State is { Chunks.Count: > 0 } begun ? begun : new BatchState(Guid.NewGuid().ToString(), url, []);
        if (state.Url != url)
            throw new CommandException($"{Path} was begun with the server at {state.Url}, and this is {url}. For another server choose another folder with --out.", ExitCode.Usage);
        var caller = BatchState.MarkOf(key, state.Run);
        if (state.Caller is { } before && before != caller)
        {
            throw new CommandException(
                $"{Path} was begun with another key, and another caller would pay for the same again. Give that key; or, if this is a new key of the same caller, "
                + $"take \"caller\" out of {System.IO.Path.Combine(Path, StateName)}.",
                ExitCode.Usage);
        }

        return state with { Caller = caller };
    }

    /// <summary>Remembers what was sent.</summary>
    public void Save(BatchState state)
    {
        Replace(StateName, JsonSerializer.Serialize(state, BatchJson.Types.BatchState));
        Know(state);
    }

    /// <summary>What a line was sent in, the last time; null before it was.</summary>
    public Chunk? ChunkOf(int line) => latest.GetValueOrDefault(line);

    /// <summary>What became of a line, the last time that it was sent; null when that is not known yet, or its file is not there any more.</summary>
    public BatchResult? Find(int line)
    {
        lock (writing)
        {
            if (!results.TryGetValue(line, out var result)) return null;
            if (ChunkOf(line) is { Round: > 1 } chunk && result.BatchId != chunk.BatchId) return null; // That was before it was ordered again.
            return result.Status == BatchResult.Failed || (result.IsSaved && HasFile(result)) || (result.Status == BatchResult.Completed && result.ErrorCode == "video_gone") ? result : null;
        }
    }

    /// <summary>All that is known, by line.</summary>
    public IReadOnlyList<BatchResult> Results
    {
        get
        {
            lock (writing) return [.. results.Values.OrderBy(result => result.Line)];
        }
    }

    /// <summary>Remembers what became of a line.</summary>
    public void Add(BatchResult result)
    {
        lock (writing)
        {
            var told = result.After(results.GetValueOrDefault(result.Line));
            results[result.Line] = told;
            appending ??= Begin();
            appending.WriteLine(JsonSerializer.Serialize(told, BatchJson.Types.BatchResult));
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
            Replace(ResultsName, string.Concat(results.Values.OrderBy(result => result.Line).Select(result => JsonSerializer.Serialize(result, BatchJson.Types.BatchResult) + "\n")));
        }
    }

    public void Dispose()
    {
        appending?.Dispose();
        held.Dispose();
    }

    private void Know(BatchState state)
    {
        var found = new Dictionary<int, Chunk>();
        foreach (var chunk in state.Chunks.OrderBy(one => one.Round))
            foreach (var line in chunk.Lines) found[line] = chunk;
        (State, latest) = (state, found);
    }

    private bool HasFile(BatchResult result) => new FileInfo(System.IO.Path.Combine(Path, result.File!)) is { Exists: true } file && file.Length == result.FileSize;

    // A line that a kill cut short is left out, so that the next one does not go on in it.
    private StreamWriter Begin()
    {
        Replace(ResultsName, string.Concat(results.Values.Select(result => JsonSerializer.Serialize(result, BatchJson.Types.BatchResult) + "\n")));
        return new StreamWriter(System.IO.Path.Combine(Path, ResultsName), append: true);
    }

    private BatchState? ReadState()
    {
        var path = System.IO.Path.Combine(Path, StateName);
        if (!File.Exists(path)) return null;
        try
        {
            if (JsonSerializer.Deserialize(File.ReadAllBytes(path), BatchJson.Types.BatchState) is { Run: not null, Chunks: not null } state) return state;
        }
        catch (JsonException)
        {
            // Told below.
        }

        throw new CommandException($"{path} cannot be read. Without it nobody knows what was sent: choose another folder only if it was nothing.");
    }

    private IEnumerable<BatchResult> ReadResults()
    {
        var path = System.IO.Path.Combine(Path, ResultsName);
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

    private void Replace(string name, string text)
    {
        var path = System.IO.Path.Combine(Path, name);
        using (var file = new FileStream(path + ".new", FileMode.Create, FileAccess.Write))
        {
            file.Write(System.Text.Encoding.UTF8.GetBytes(text));
            file.Flush(flushToDisk: true);
        }

        File.Move(path + ".new", path, overwrite: true);
    }
}
