using Reel.Cli.Terminal;
using Reel.Cli.Watching;
using Reel.Client;
using Spectre.Console;

namespace Reel.Cli.Tests.Terminal;

/// <summary>What is read by a program and what by a person.</summary>
public sealed class ScreenTests
{
    [Fact]
    public void In_a_pipe_rows_are_separated_by_tabs_and_have_no_headings_and_no_colors()
    {
        using var data = new StringWriter();
        using var screen = new Screen(isJson: false, data, TextWriter.Null, isTerminal: false, isLive: false);

        screen.Write(["ID", "TEXT"], [["1", "a\tb\u001b[1m"], ["2", null]]);

        Assert.Equal($"1\ta b\uFFFD[1m{Environment.NewLine}2\t{Environment.NewLine}", data.ToString());
    }

    [Fact]
    public void On_a_terminal_markup_in_foreign_text_is_text()
    {
        using var data = new StringWriter();
        using var screen = new Screen(isJson: false, data, TextWriter.Null, isTerminal: true, isLive: false);

        screen.Write(["ID", "TEXT"], [["1", "[red]x[/] [nonsense"]]);

        Assert.Contains("[red]x[/] [nonsense", data.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Who_writes_for_nobody_is_told_so_and_by_the_token_all_others_are()
    {
        using var screen = new Screen(isJson: false, new ClosedPipe(), TextWriter.Null, isTerminal: false, isLive: false);

        Assert.False(screen.ReaderGone.IsCancellationRequested);
        Assert.Throws<OperationCanceledException>(() => screen.Write("x"));
        Assert.True(screen.ReaderGone.IsCancellationRequested);
        Assert.Throws<OperationCanceledException>(() => screen.Write(["ID"], [["1"]]));
    }

    [Fact]
    public void A_board_with_more_requests_than_lines_shows_those_under_way_and_counts_the_rest()
    {
        List<string> ids = [.. Enumerable.Range(0, 50).Select(i => $"id-{i:00}")];
        var board = new Board(ids);
        board.Update("id-07", State("COMPLETED", null));
        board.Update("id-42", State("PROCESSING", 0.5));
        board.Update("id-43", State("FAILED", null));

        var lines = Render(board.Render(100, 5));

        Assert.Equal(5, lines.Length);
        Assert.StartsWith("id-42", lines[0], StringComparison.Ordinal);
        Assert.Contains("50% 1:15 left", lines[0], StringComparison.Ordinal);
        Assert.Equal("of 50: 48 open, 1 done, 1 failed", lines[4].TrimEnd());
    }

    private static RequestUpdate State(string status, double? fraction)
    {
        var progress = fraction is { } known ? new ReelProgress(known, 75) : null;
        return new RequestUpdate(new ReelRequest(status, "id", "[stage]", "\u001b[2Jmodel", Progress: progress), progress);
    }

    private static string[] Render(Spectre.Console.Rendering.IRenderable board)
    {
        using var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(text) });
        console.Profile.Width = 100;
        console.Write(board);
        return text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    // As the system answers a write when nobody reads.
    private sealed class ClosedPipe : StringWriter
    {
        public override void WriteLine(string? value) => throw new IOException("Broken pipe", 32);
    }
}
