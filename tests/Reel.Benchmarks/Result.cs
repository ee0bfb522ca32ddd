using System.Globalization;
using System.Text.Json.Nodes;

namespace Reel.Benchmarks;

/// <summary>What a benchmark measured.</summary>
/// <param name="LoadBefore">The machine's load when it began: above a few tenths, others were at work as well.</param>
internal sealed record Result(IBenchmark Benchmark, double Scale, double? LoadBefore, TimeSpan Took, IReadOnlyList<Figure> Figures)
{
    /// <summary>A table for people.</summary>
    public string ToTable()
    {
        string[][] rows =
        [
            [Benchmark.Name, "value", "unit", "target", ""],
            .. Figures.Select(figure => (string[])
            [
                "  " + figure.Name,
                figure.Value.ToString(Math.Abs(figure.Value) < 10 ? "0.###" : "#,0.#", CultureInfo.InvariantCulture),
                figure.Unit,
                figure.Target?.ToString() ?? "",
                figure.IsMet switch { true => "met", false => "MISSED", null => "" },
            ]),
        ];
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        var lines = rows.Select(row => string.Join("  ", row.Select((cell, column) =>
            column == 1 ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column]))).TrimEnd());
        return $"{Benchmark.Description}\n{string.Join('\n', lines)}\n  took {Took.TotalSeconds:0} s; load before: {LoadBefore:0.00}\n";
    }

    public JsonObject ToJson() => new()
    {
        ["name"] = Benchmark.Name,
        ["description"] = Benchmark.Description,
        ["scale"] = Scale,
        ["load_before"] = LoadBefore,
        ["seconds"] = Math.Round(Took.TotalSeconds, 1),
        ["figures"] = new JsonArray([.. Figures.Select(ToJson)]),
    };

    private static JsonObject ToJson(Figure figure) => new()
    {
        ["name"] = figure.Name,
        // JSON has no word for "nothing was measured" but null.
        ["value"] = double.IsFinite(figure.Value) ? figure.Value : null,
        ["unit"] = figure.Unit,
        ["target"] = figure.Target?.ToString(),
        ["met"] = figure.IsMet,
    };
}
