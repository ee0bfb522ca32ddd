using System.Text.Encodings.Web;
using System.Text.Json;
using Spectre.Console;

namespace Reel.Cli.Terminal;

/// <summary>Where things are written: data to standard output, talk to standard error. What goes into a pipe or a file is plain.</summary>
internal sealed class Screen : IDisposable
{
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly TextWriter data;
    private readonly TextWriter talk;
    private readonly Lock writing = new();
    private readonly CancellationTokenSource readerGone = new();

    /// <summary>On the process's own streams.</summary>
    /// <param name="isJson">Whether data is JSON.</param>
    public Screen(bool isJson)
        : this(isJson, StandardOutput.Open(), Console.Error, !Console.IsOutputRedirected, !Console.IsErrorRedirected && IsColorful)
    {
    }

    /// <param name="isTerminal">Whether data is read by a person.</param>
    /// <param name="isLive">Whether talk may move.</param>
    public Screen(bool isJson, TextWriter data, TextWriter talk, bool isTerminal, bool isLive)
    {
        (IsJson, this.data, this.talk, IsTerminal, IsLive) = (isJson, data, talk, isTerminal, isLive);
        Data = Create(data, isTerminal && IsColorful);
        Talk = Create(talk, isLive);
    }

    /// <summary>Whether data is JSON.</summary>
    public bool IsJson { get; }

    /// <summary>Whether standard output is a terminal.</summary>
    public bool IsTerminal { get; }

    /// <summary>Whether bars may move on standard error.</summary>
    public bool IsLive { get; }

    /// <summary>Cancelled once nobody reads standard output any more; whoever writes data then is told by <see cref="OperationCanceledException"/>.</summary>
    public CancellationToken ReaderGone => readerGone.Token;

    /// <summary>Standard output, for tables.</summary>
    public IAnsiConsole Data { get; }

    /// <summary>Standard error, for bars.</summary>
    public IAnsiConsole Talk { get; }

    // https://no-color.org; a dumb terminal moves nothing.
    private static bool IsColorful => string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) && Environment.GetEnvironmentVariable("TERM") != "dumb";

    /// <summary>Says something to the person; what a terminal could obey is taken out of it.</summary>
    public void Say(string text)
    {
        // Where bars move, only the console that moves them knows where there is room for a line.
        lock (writing)
        {
            if (IsLive) Talk.WriteLine(SafeText.Lines(text));
            else talk.WriteLine(SafeText.Lines(text));
        }
    }

    /// <summary>Writes a line of data.</summary>
    public void Write(string line) => WriteData(SafeText.Lines(line));

    /// <summary>Writes a document on a line of its own.</summary>
    public void Write(JsonElement json)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Writing)) json.WriteTo(writer);
        WriteData(SafeText.Json(System.Text.Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length)));
    }

    /// <summary>Writes rows: as a table with headings on a terminal, separated by tabs and without headings elsewhere.</summary>
    public void Write(IReadOnlyList<string> headings, IEnumerable<IReadOnlyList<string?>> rows)
    {
        if (!IsTerminal)
        {
            foreach (var row in rows) WriteData(string.Join('\t', row.Select(SafeText.Line)));
            return;
        }

        var table = new Table().Border(TableBorder.None);
        foreach (var heading in headings) table.AddColumn(new TableColumn(new Text(heading, new Style(decoration: Decoration.Bold))) { NoWrap = heading is "ID" or "CREATED" });
        foreach (var row in rows) table.AddRow(row.Select(cell => new Text(SafeText.Line(cell))));
        Data.Write(table);
    }

    public void Dispose() => readerGone.Dispose();

    private void WriteData(string line)
    {
        ReaderGone.ThrowIfCancellationRequested();
        try
        {
            lock (writing)
            {
                data.WriteLine(line);
                data.Flush();
            }
        }
        catch (IOException exception) when (StandardOutput.IsReaderGone(exception))
        {
            readerGone.Cancel();
            throw new OperationCanceledException(exception.Message, exception, ReaderGone);
        }
    }

    private static IAnsiConsole Create(TextWriter writer, bool isColorful) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Out = new AnsiConsoleOutput(writer),
        Ansi = isColorful ? AnsiSupport.Yes : AnsiSupport.No,
        ColorSystem = isColorful ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
        Interactive = isColorful ? InteractionSupport.Yes : InteractionSupport.No,
    });
}
