namespace Reel.Local.Engine.Activities;

/// <summary>
/// Who may run now: first come first served, within a limit for all and limits by name. A name at its limit holds up nobody else.
/// </summary>
internal sealed class ActivityQueue(int maxRunning, IReadOnlyDictionary<string, int> maxByName, Action<ActivityCall> run)
{
    private readonly Lock gate = new();
    private readonly LinkedList<ActivityCall> waiting = new();
    private readonly Dictionary<string, LinkedList<ActivityCall>> parked = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, int> runningByName = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, int> limits = new(maxByName, StringComparer.OrdinalIgnoreCase);
    private TaskCompletionSource? idle;
    private int running;
    private bool closed;

    public void Add(ActivityCall call)
    {
        lock (gate)
        {
            if (closed) return;
            waiting.AddLast(call);
            Fill();
        }
    }

    /// <summary>One that ran has ended.</summary>
    public void Ended(ActivityCall call)
    {
        lock (gate)
        {
            running--;
            if (limits.ContainsKey(call.Name))
            {
                runningByName[call.Name]--;
                if (parked.TryGetValue(call.Name, out var line) && line.First is { } next)
                {
                    line.RemoveFirst();
                    waiting.AddFirst(next);
                }
            }

            Fill();
            if (running == 0) idle?.TrySetResult();
        }
    }

    /// <summary>Forgets what an instance that is over still had waiting; what runs already runs on.</summary>
    public void Drop(long instance)
    {
        lock (gate)
        {
            Drop(waiting, instance);
            foreach (var line in parked.Values) Drop(line, instance);
        }
    }

    /// <summary>Lets nothing more begin.</summary>
    /// <returns>A task that ends with the last one that runs.</returns>
    public Task CloseAsync()
    {
        lock (gate)
        {
            closed = true;
            waiting.Clear();
            parked.Clear();
            idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (running == 0) idle.SetResult();
            return idle.Task;
        }
    }

    private void Fill()
    {
        while (running < maxRunning && waiting.First is { } node)
        {
            waiting.RemoveFirst();
            if (limits.TryGetValue(node.Value.Name, out var limit))
            {
                var count = runningByName.GetValueOrDefault(node.Value.Name);
                if (count >= limit)
                {
                    if (!parked.TryGetValue(node.Value.Name, out var line)) parked[node.Value.Name] = line = new LinkedList<ActivityCall>();
                    line.AddLast(node);
                    continue;
                }

                runningByName[node.Value.Name] = count + 1;
            }

            running++;
            run(node.Value);
        }
    }

    private static void Drop(LinkedList<ActivityCall> line, long instance)
    {
        for (var node = line.First; node is not null;)
        {
            var next = node.Next;
            if (node.Value.Instance == instance) line.Remove(node);
            node = next;
        }
    }
}
