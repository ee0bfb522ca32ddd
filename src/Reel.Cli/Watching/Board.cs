using System.Globalization;
using Reel.Cli.Terminal;
using Reel.Client;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Reel.Cli.Watching;

/// <summary>A bar for each request. Where there are more than fit, those under way come first and the others are counted.</summary>
internal sealed class Board(IReadOnlyList<string> ids)
{
    // Id, stage and what is on the right, with blanks between them and the bar.
    private const int OtherColumns = 36 + 1 + 12 + 1 + 1 + RightColumns;
    private const int RightColumns = 16;
    private const int ModelColumns = 14;
    private const int WideEnoughForModel = 100;
    private const int ShortestBar = 6;
    private const int LongestBar = 40;

    private readonly Lock changing = new();
    private readonly Dictionary<string, Row> rows = ids.ToDictionary(id => id, id => new Row(id, null, null));

    /// <summary>Takes note of what happened.</summary>
    public void Update(string id, RequestUpdate update)
    {
        lock (changing) rows[id] = rows[id] with { State = update.State ?? rows[id].State, Progress = update.Progress ?? rows[id].Progress };
    }

    /// <summary>How it looks now.</summary>
    /// <param name="width">Columns there are.</param>
    /// <param name="height">Lines there are.</param>
    public IRenderable Render(int width, int height)
    {
        List<Row> all;
        lock (changing) all = [.. ids.Select(id => rows[id])];
        var isWide = width >= WideEnoughForModel;
        var bar = Math.Clamp(width - OtherColumns - (isWide ? ModelColumns + 1 : 0), ShortestBar, LongestBar);
        var shown = all.Count <= height ? all : [.. all.OrderBy(Rank).Take(height - 1)];
        List<IRenderable> lines = [.. shown.Select(row => Line(row, bar, isWide))];
        if (shown.Count < all.Count) lines.Add(new Text(Count(all)));
        return new Spectre.Console.Rows(lines);
    }

    private static Markup Line(Row row, int bar, bool hasModel)
    {
        var fraction = row.State is { IsCompleted: true } ? 1 : Math.Clamp(row.Progress?.Fraction ?? 0, 0, 1);
        var full = (int)(fraction * bar);
        var (color, right) = row.State switch
        {
            { IsCompleted: true } => ("green", "done"),
            { IsFailed: true } failed => ("red", failed.ErrorCode ?? "failed"),
            _ => ("yellow", row.Progress is { } progress ? string.Create(CultureInfo.InvariantCulture, $"{fraction:0%} {progress.SecondsLeft / 60}:{progress.SecondsLeft % 60:00} left") : ""),
        };
        var model = hasModel ? Cut(row.State?.Model, ModelColumns) + ' ' : "";
        var left = $"{row.Id,-36} {model}{Cut(row.State is { IsFinal: true } ? "" : row.State?.Stage?.Replace('_', ' '), 12)}";
        var end = Markup.Escape(Cut(right, RightColumns).TrimEnd());
        return new Markup($"{Markup.Escape(left)} [{color}]{new string('━', full)}[/][grey]{new string('━', bar - full)}[/] {end}") { Overflow = Overflow.Ellipsis };
    }

    private static string Cut(string? text, int width)
    {
        var safe = SafeText.Line(text);
        return safe.Length <= width ? safe.PadRight(width) : safe[..(width - 1)] + "…";
    }

    // Those under way, those that wait, those that are over.
    private static int Rank(Row row) => row.State switch
    {
        null => 1,
        { IsFinal: true } => 2,
        { Status: "PROCESSING" } => 0,
        _ => 1,
    };

    private static string Count(List<Row> all) => string.Create(
        CultureInfo.InvariantCulture,
        $"of {all.Count}: {all.Count(row => row.State is not { IsFinal: true })} open, "
        + $"{all.Count(row => row.State is { IsCompleted: true })} done, {all.Count(row => row.State is { IsFailed: true })} failed");

    private sealed record Row(string Id, ReelRequest? State, ReelProgress? Progress);
}
