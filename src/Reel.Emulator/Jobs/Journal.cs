using System.Text.Json;
using Reel.Emulator.Accounts;
using Reel.Emulator.Traffic;

namespace Reel.Emulator.Jobs;

/// <summary>
/// What must survive the process: JSON lines, each handed to the operating system before the answer it belongs to goes out. At start they are
/// read, and written anew without what is forgotten; a torn last line belongs to an answer that never went out, and is dropped.
/// </summary>
internal sealed class Journal : IDisposable
{
    private readonly Lock gate = new();
    private readonly FileStream folderLock;
    private readonly FileStream file;
    private readonly Action? fault;

    private Journal(FileStream folderLock, FileStream file, Action? fault)
    {
        this.folderLock = folderLock;
        this.file = file;
        this.fault = fault;
    }

    /// <summary>Opens the folder's journal and brings back what it tells. The folder is made when it does not exist.</summary>
    /// <param name="fault">Called after each line is written; what it throws fails the write.</param>
    /// <exception cref="IOException">Another emulator has it open, or the folder cannot be used.</exception>
    /// <exception cref="InvalidDataException">A line other than the last cannot be read.</exception>
    public static Journal Open(string folder, JobStore jobs, TrafficLog traffic, Account account, DateTimeOffset now, Action? fault)
    {
        Directory.CreateDirectory(folder);
        var folderLock = Claim(Path.Combine(folder, "emulator.lock"));
        try
        {
            var path = Path.Combine(folder, "emulator.jsonl");
            if (File.Exists(path)) Replay(path, jobs, traffic, account);
            Rewrite(path, jobs, traffic, account, now);
            return new Journal(folderLock, new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0), fault);
        }
        catch
        {
            folderLock.Dispose();
            throw;
        }
    }

    /// <exception cref="IOException">The line is not in the journal.</exception>
    public void Append(JournalLine line)
    {
        var bytes = Encode(line);
        lock (gate)
        {
            var end = file.Position;
            try
            {
                file.Write(bytes);
                fault?.Invoke();
            }
            catch (Exception exception) when (exception is IOException or ArgumentOutOfRangeException)
            {
                // Part of it may be there, and part of a line before others would be taken for damage.
                file.SetLength(end);

                // .NET takes a file that may not grow (EFBIG) for a wrong argument.
                throw exception as IOException ?? new IOException($"{file.Name} may not grow: {exception.Message}", exception);
            }
        }
    }

    public void Dispose()
    {
        lock (gate) file.Dispose();
        folderLock.Dispose();
    }

    private static FileStream Claim(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception) when (exception is not (DirectoryNotFoundException or PathTooLongException))
        {
            throw new IOException($"Another emulator uses {Path.GetDirectoryName(path)}, or it cannot be written to: {exception.Message}", exception);
        }
    }

    private static void Replay(string path, JobStore jobs, TrafficLog traffic, Account account)
    {
        var unanswered = new Dictionary<string, TrafficEntry>();
        using var reader = new StreamReader(path);
        var number = 0;
        while (reader.ReadLine() is { } text)
        {
            number++;
            JournalLine? line;
            try
            {
                line = JsonSerializer.Deserialize(text, EmulatorJson.Wire.JournalLine);
            }
            catch (JsonException) when (reader.EndOfStream)
            {
                return;
            }
            catch (JsonException exception)
            {
                throw new InvalidDataException($"{path}, line {number}, cannot be read: {exception.Message}", exception);
            }

            if (line?.Job is { } job) jobs.Restore(job);
            if (line?.Credits is { } credits) account.Balance = credits;
            if (line?.Cleared is true) traffic.Clear();
            if (line?.Seen is { } seen)
            {
                traffic.Add(seen);
                if (seen is { RequestId: { } id, Status: null }) unanswered[id] = seen;
            }
            if (line?.Answered is { } answered && unanswered.Remove(answered.RequestId, out var entry)) entry.Status = answered.Status;
        }
    }

    // Into a new file that then takes the old one's place, so that a crash in between leaves one of the two whole.
    private static void Rewrite(string path, JobStore jobs, TrafficLog traffic, Account account, DateTimeOffset now)
    {
        var next = path + ".new";
        using (var file = new FileStream(next, FileMode.Create, FileAccess.Write))
        {
            foreach (var entry in traffic.Submits()) file.Write(Encode(new JournalLine(Seen: entry)));
            foreach (var job in jobs.All.Where(job => job.ForgottenAt > now)) file.Write(Encode(new JournalLine(Job: job)));
            // Last, since each job above is charged again when it is read.
            file.Write(Encode(new JournalLine(Credits: account.Balance)));
        }
        File.Move(next, path, overwrite: true);
    }

    private static byte[] Encode(JournalLine line)
    {
        using var buffer = new MemoryStream();
        JsonSerializer.Serialize(buffer, line, EmulatorJson.Wire.JournalLine);
        buffer.WriteByte((byte)'\n');
        return buffer.ToArray();
    }
}
