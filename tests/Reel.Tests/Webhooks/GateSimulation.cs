using Reel.Webhooks;

namespace Reel.Tests.Webhooks;

/// <summary>Deliveries that go through a gate in virtual time: who is not let in comes back when it was told to, as the orchestration does.</summary>
internal sealed class GateSimulation
{
    private readonly Clock clock = new();
    private readonly AttemptGate gate;
    private readonly PriorityQueue<Action, (TimeSpan At, int Order)> agenda = new();
    private int running;
    private readonly Dictionary<string, List<TimeSpan>> waits = [];
    private int order;

    public GateSimulation(int places) => gate = new AttemptGate(new AttemptCapacity(places), clock);

    public TimeSpan Now { get; private set; }

    /// <summary>The most attempts that ran at once.</summary>
    public int Most { get; private set; }

    /// <summary>How long each delivery to a receiver waited for room, in the order in which they got it.</summary>
    public IReadOnlyList<TimeSpan> WaitsOf(string place) => waits.GetValueOrDefault(place) ?? [];

    /// <summary>Has deliveries begin at a steady rate.</summary>
    /// <param name="answer">Asked when an attempt begins: whether it will be heard, how long it takes, and what to do when it is over.</param>
    public void Send(string caller, Func<int, string> place, double perSecond, TimeSpan until, Func<(bool IsHeard, TimeSpan Took, Action? Over)> answer)
    {
        for (var number = 0; TimeSpan.FromSeconds(number / perSecond) is var at && at < until; number++)
        {
            var to = place(number);
            Schedule(at, () => Try(caller, to, Now, 0, null, answer));
        }
    }

    public void Run(TimeSpan until)
    {
        while (agenda.TryPeek(out _, out var next) && next.At <= until)
        {
            Now = clock.Now = next.At;
            agenda.Dequeue()();
            Most = Math.Max(Most, running);
        }
    }

    private void Try(string caller, string place, TimeSpan since, int refusals, long? ticket, Func<(bool IsHeard, TimeSpan Took, Action? Over)> answer)
    {
        var entry = gate.Enter(caller, place, isFailing: false, refusals, ticket);
        if (entry.ComeBackAfter is { } wait)
        {
            Schedule(Now + wait, () => Try(caller, place, since, refusals + 1, entry.Ticket, answer));
            return;
        }

        if (!waits.TryGetValue(place, out var ofPlace)) waits[place] = ofPlace = [];
        ofPlace.Add(Now - since);
        var (isHeard, took, over) = answer();
        running++;
        Schedule(Now + took, () =>
        {
            running--;
            entry.Ended(isHeard, took);
            entry.Dispose();
            over?.Invoke();
        });
    }

    private void Schedule(TimeSpan at, Action happen) => agenda.Enqueue(happen, (at, order++));

    private sealed class Clock : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
