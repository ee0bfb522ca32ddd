using System.Collections.Concurrent;

namespace Reel.Generations;

/// <summary>
/// How long renders of a model really take, as this process has seen them: what the model's page says may be far from it, and with the emulator
/// surely is. Kept in memory; a process that has seen nothing yet goes by the page.
/// </summary>
public sealed class RenderTimes
{
    // A few tell enough, and the last ones tell how it is now.
    private const int Least = 3;
    private const int Most = 25;

    private readonly ConcurrentDictionary<string, Seen> models = new(StringComparer.Ordinal);

    /// <summary>Takes note of a request that was rendered; of any other, or of one that is known already, it does not.</summary>
    public void Note(Generation generation)
    {
        var (request, state) = generation;
        if (state is not { Status: GenerationStatus.Completed, SubmittedAt: { } submittedAt, RenderedAt: { } renderedAt }) return;
        models.GetOrAdd(request.Model, _ => new Seen()).Add(request.RequestId, (renderedAt - submittedAt).TotalSeconds);
    }

    /// <summary>The median of the last ones in seconds; null when there are too few.</summary>
    public double? Expect(string model) => models.GetValueOrDefault(model)?.Median();

    private sealed class Seen
    {
        private readonly Lock gate = new();
        private readonly Queue<(string RequestId, double Seconds)> last = new();

        public void Add(string requestId, double seconds)
        {
            lock (gate)
            {
                if (last.Any(one => one.RequestId == requestId)) return;
                last.Enqueue((requestId, seconds));
                if (last.Count > Most) last.Dequeue();
            }
        }

        public double? Median()
        {
            lock (gate) return last.Count < Least ? null : last.Select(one => one.Seconds).Order().ElementAt(last.Count / 2);
        }
    }
}
