namespace Reel.Tests.Webhooks;

/// <summary>What must hold whatever receivers do, over five minutes of virtual time on an instance of the Functions app.</summary>
public sealed class GateSimulationTests
{
    private const int Places = 30;
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan End = TimeSpan.FromMinutes(5);

    /// <summary>How hostile receivers behave; each comes in several numbers, of one caller and of a caller each.</summary>
    public static TheoryData<string, int, bool> Hostile
    {
        get
        {
            var data = new TheoryData<string, int, bool>();
            foreach (var behaviour in new[] { "dead", "half", "cunning", "sluggish", "ever new" })
            {
                foreach (var count in new[] { 2, 8 })
                {
                    data.Add(behaviour, count, false);
                    data.Add(behaviour, count, true);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Hostile))]
    public void Who_answers_promptly_is_served_and_a_quarter_of_the_places_is_never_taken(string behaviour, int count, bool isOneCaller)
    {
        var simulation = new GateSimulation(Places);
        for (var i = 0; i < count; i++) Attack(simulation, behaviour, isOneCaller ? "foe" : $"foe {i}", i);
        simulation.Send("shop", _ => "shop", 2, End, () => (true, Soon, null));
        simulation.Send("foe", _ => "neighbour", 2, End, () => (true, Soon, null));
        simulation.Run(End);

        foreach (var place in new[] { "shop", "neighbour" })
        {
            var waits = simulation.WaitsOf(place).Order().ToList();

            // At the worst it waits, new itself, until each that came before it has hung once, two at a time; mostly it does not wait at all.
            Assert.Equal(600, waits.Count);
            Assert.Equal(TimeSpan.Zero, waits[waits.Count / 2]);
            Assert.InRange(waits[^1], TimeSpan.Zero, TimeSpan.FromSeconds(90));
        }

        Assert.InRange(simulation.Most, 1, 22);
    }

    [Theory]
    [InlineData(300, 50, 15)]
    [InlineData(2_000, 50, 60)]
    [InlineData(100, 3_000, 150)]
    public void A_crowd_that_comes_at_once_is_worked_off_at_the_rate_that_the_receiver_has(int count, int milliseconds, int most)
    {
        var simulation = new GateSimulation(Places);
        simulation.Send("shop", _ => "shop", 10_000, TimeSpan.FromSeconds(count / 10_000.0), () => (true, TimeSpan.FromMilliseconds(milliseconds), null));
        simulation.Run(End);

        var waits = simulation.WaitsOf("shop");
        Assert.Equal(count, waits.Count);
        Assert.InRange(waits.Max(), TimeSpan.Zero, TimeSpan.FromSeconds(most));
    }

    private static void Attack(GateSimulation simulation, string behaviour, string caller, int number)
    {
        var random = new Random(number);
        var heard = 0;
        simulation.Send(caller, delivery => behaviour == "ever new" ? $"foe {number} {delivery}" : $"foe {number}", 4, End, () => behaviour switch
        {
            "half" => random.Next(2) == 0 ? (true, Soon, null) : (false, Hang, null),
            // Earns as much as it can, then hangs with all of it.
            "cunning" => heard++ < 10 ? (true, Soon, null) : (false, Hang, () => heard = 0),
            "sluggish" => (true, TimeSpan.FromSeconds(14.9), null),
            _ => (false, Hang, null),
        });
    }
}
