namespace Reel.EndToEnd.Tests.CrashLab;

/// <summary>One kill as it is planned.</summary>
/// <param name="Count">The how-many-th time that the moment comes.</param>
/// <param name="Delay">How long after the start, or after it is up, where the moment is a time.</param>
/// <param name="Storage">What becomes of Azurite.</param>
/// <param name="Aged">
/// The submits that are left without an answer look as if minutes had gone by until the next start, so that nobody waits out the two minutes in
/// which an answer might still come.
/// </param>
internal sealed record Kill(Moment Moment, int Count, TimeSpan Delay, StorageFate Storage, bool Aged);

/// <summary>What becomes of Azurite in the life of a Reel.</summary>
internal enum StorageFate
{
    Lives,

    /// <summary>It is killed, and comes back, while Reel is up.</summary>
    DiesBefore,

    /// <summary>It is killed right after Reel.</summary>
    DiesWith,
}

/// <summary>Deals kills: of every thirty, each moment has its turn, in an order that follows from the seed.</summary>
internal sealed class KillPlan(LabOptions options)
{
    private const int Deck = 30;
    private const int StorageEvery = 20;

    private readonly Random random = new(options.Seed);
    private readonly Stack<Moment> deck = new();
    private int dealt;

    public Kill Next()
    {
        if (deck.Count == 0) Shuffle();
        var moment = deck.Pop();
        var most = moment switch
        {
            Moment.Random => options.LongestLife,
            Moment.Start => TimeSpan.FromMilliseconds(800),
            _ => TimeSpan.Zero,
        };
        dealt++;
        return new Kill(
            moment,
            1 + random.Next(moment == Moment.Commit ? 60 : Math.Max(1, options.Concurrency / 16)),
            most * random.NextDouble(),
            FateOfStorage(),
            options.Aged || random.Next(2) == 0);
    }

    private StorageFate FateOfStorage() => (dealt % StorageEvery, dealt / StorageEvery % 2) switch
    {
        (StorageEvery / 2, 0) => StorageFate.DiesBefore,
        (StorageEvery / 2, 1) => StorageFate.DiesWith,
        _ => StorageFate.Lives,
    };

    private void Shuffle()
    {
        var moments = Enum.GetValues<Moment>().ToList();
        while (moments.Count < Deck) moments.Add(Moment.Random);
        var cards = moments.ToArray();
        random.Shuffle(cards);
        foreach (var card in cards) deck.Push(card);
    }
}
