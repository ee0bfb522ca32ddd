using Reel.Cli.Terminal;
using Reel.Client;

namespace Reel.Cli.Bulk;

/// <summary>How much goes into one batch, where a limit is in the way: what can never fit is made smaller, and what does not fit now waits; money is the person's business.</summary>
internal sealed class LimitRoom(Screen screen, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(15);

    /// <summary>How many lines at the most.</summary>
    public int Most { get; private set; } = Client.Batches.MostRequests;

    /// <summary>Makes the next ones half as large as one that was too large.</summary>
    public void Halve(Chunk chunk) => Most = chunk.Lines.Count / 2;

    /// <summary>Makes room for what a limit of the key has refused.</summary>
    /// <exception cref="ReelException">There is none to be made.</exception>
    public async Task MakeAsync(Chunk chunk, ReelLimit limit, ReelException refusal, CancellationToken cancellationToken)
    {
        if (limit.Asked > limit.Value && chunk.Lines.Count > 1)
        {
            Most = limit.Name == "usd_per_day" ? chunk.Lines.Count / 2 : Math.Clamp((int)limit.Value, 1, chunk.Lines.Count - 1);
            return;
        }

        if (limit.Name == "usd_per_day" || limit.Asked > limit.Value) throw refusal;
        screen.Say($"Waiting: {SafeText.Line(refusal.Message)}");
        await Task.Delay(refusal.RetryAfter ?? Pause, time, cancellationToken);
    }
}
