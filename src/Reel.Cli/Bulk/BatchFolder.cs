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
    private readonly ResultsFile results;
    private IReadOnlyDictionary<int, Chunk> latest = new Dictionary<int, Chunk>();

    private BatchFolder(string path, FileStream held)
    {
        (Path, this.held) = (path, held);
        if (ReadState() is { } state) Know(state);
        results = new ResultsFile(System.IO.Path.Combine(path, ResultsName));
    }

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>What was sent; null before anything was.</summary>
    public BatchState? State { get; private set; }

    /// <summary>All that is known of the lines, by line.</summary>
    public IReadOnlyList<BatchResult> Results => results.All;

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

        try
        {
            return new BatchFolder(path, held);
        }
        catch
        {
            held.Dispose();
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

    /// <summary>Demands that the input still has what was sent.</summary>
    /// <exception cref="CommandException">It has not.</exception>
    public void Check(BatchInput input)
    {
        foreach (var chunk in State?.Chunks ?? [])
        {
            if (chunk.Lines.All(input.Has) && input.Hash(chunk.Lines) == chunk.Sha256) continue;
            throw new CommandException(
                $"The input is another than the one that {Path} was begun with: of lines {chunk.Lines[0]} to {chunk.Lines[^1]}, which were sent, some have changed. "
                + "To change a line that was sent, leave it as it was and append the changed one as a new line. For another input choose another folder with --out.",
                ExitCode.Usage);
        }
    }

    /// <summary>Remembers what was sent.</summary>
    public void Save(BatchState state)
    {
        WholeFile.Replace(System.IO.Path.Combine(Path, StateName), JsonSerializer.Serialize(state, BatchJson.Types.BatchState));
        Know(state);
    }

    /// <summary>Ends the round in which FAILED lines were ordered again, if there is one. The next is another, and may order them once more.</summary>
    public void CloseRound()
    {
        if (State is { OpenRound: not null } state) Save(state with { OpenRound = null });
    }

    /// <summary>What a line was sent in, the last time; null before it was.</summary>
    public Chunk? ChunkOf(int line) => latest.GetValueOrDefault(line);

    /// <summary>What became of a line, the last time that it was sent; null when that is not known yet, or its file is not there any more.</summary>
    public BatchResult? Find(int line)
    {
        if (results.Find(line) is not { } result) return null;
        if (ChunkOf(line) is { Round: > 1 } chunk && result.BatchId != chunk.BatchId) return null; // That was before it was ordered again.
        return result.Status == BatchResult.Failed || (result.IsSaved && HasFile(result)) || (result.Status == BatchResult.Completed && result.ErrorCode == "video_gone") ? result : null;
    }

    /// <summary>Remembers what became of a line.</summary>
    public void Add(BatchResult result) => results.Add(result);

    /// <summary>Writes the results in the order of the lines, those of these lines alone.</summary>
    public void Finish(IReadOnlySet<int> lines) => results.Finish(lines);

    public void Dispose()
    {
        results.Dispose();
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
}
