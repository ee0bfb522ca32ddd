using Reel.Local.Engine.History;

namespace Reel.Local.Engine.Turns;

/// <summary>Finds and names the first point where the code no longer does what a history says it did.</summary>
internal static class Divergence
{
    /// <param name="turn">Counted from 0.</param>
    /// <returns>What an operator reads; null when they agree.</returns>
    public static string? Find(int turn, IReadOnlyList<OutboundAction> recorded, IReadOnlyList<ScheduledAction> now)
    {
        for (var i = 0; i < Math.Max(recorded.Count, now.Count); i++)
        {
            var then = i < recorded.Count ? recorded[i] : null;
            var today = i < now.Count ? now[i].Action : null;
            if (Same(then, today)) continue;
            return $"{Start(turn)}: the history holds {then?.ToString() ?? "nothing more"}, " +
                $"the code now asks for {today?.ToString() ?? "nothing"}.";
        }

        return null;
    }

    public static string Ended(int turn, string how) => $"{Start(turn)}: the history goes on after it, the code now {how}.";

    private static string Start(int turn) => $"The code does not fit the history any more, in turn {turn}";

    // Names in the catalogue ignore case, so a change of case is none.
    private static bool Same(OutboundAction? a, OutboundAction? b) =>
        a is not null && b is not null && a.Kind == b.Kind && a.Task == b.Task && a.Instance == b.Instance
        && string.Equals(a.Name, b.Name, StringComparison.OrdinalIgnoreCase);
}
