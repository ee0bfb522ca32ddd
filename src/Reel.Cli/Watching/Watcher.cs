using Reel.Cli.Terminal;
using Reel.Client;

namespace Reel.Cli.Watching;

/// <summary>Follows requests until all are over: as bars that move, or, where nothing may move, with a line for each change.</summary>
internal static class Watcher
{
    private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(200);

    /// <param name="onState">Told each change of state; null for nobody.</param>
    /// <returns>The final states, in the order of <paramref name="ids"/>.</returns>
    public static async Task<IReadOnlyList<ReelRequest>> RunAsync(
        Screen screen, ReelClient client, IReadOnlyList<string> ids, Action<ReelRequest>? onState, TimeProvider time, CancellationToken cancellationToken)
    {
        var board = new Board(ids);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var following = Task.WhenAll(ids.Select(id => FollowAsync(screen, client, board, id, onState, end)));
        if (screen.IsLive) await LiveDisplay.ShowAsync(screen.Talk, height => board.Render(screen.Talk.Profile.Width, height), following, Frame, time);
        return await following;
    }

    private static async Task<ReelRequest> FollowAsync(
        Screen screen, ReelClient client, Board board, string id, Action<ReelRequest>? onState, CancellationTokenSource end)
    {
        try
        {
            ReelRequest? last = null;
            await foreach (var update in client.Events.WatchAsync(id, end.Token))
            {
                board.Update(id, update);
                if (update.State is not { } state) continue;
                var isNew = (last?.Status, last?.Stage) != (state.Status, state.Stage);
                last = state;
                onState?.Invoke(state);
                if (isNew && !screen.IsLive) screen.Say($"{id} {state.Status} {state.Stage}{(state.Trouble is { } trouble ? $": {SafeText.Line(trouble)}" : "")}");
            }

            return last!;
        }
        catch when (!end.IsCancellationRequested)
        {
            // One that cannot be followed ends them all: what is said about it must not go under in bars.
            await end.CancelAsync();
            throw;
        }
    }
}
