namespace Reel.Webhooks;

/// <summary>How many attempts a host could run at once; what it gives to the <c>AttemptWebhook</c> activity.</summary>
/// <param name="Places">8 or more. A quarter of them is never used: it is left to what else the process does.</param>
public sealed record AttemptCapacity(int Places)
{
    /// <summary>What host.json lets an instance of the Functions app run of all activities.</summary>
    public static AttemptCapacity OfFunctions { get; } = new(30);

    /// <summary>The most attempts at once of the receivers of one kind; all kinds together have three quarters of the places.</summary>
    internal int MostOf(ReceiverKind kind) => kind switch
    {
        ReceiverKind.New or ReceiverKind.Failing => Places / 8,
        ReceiverKind.Slow => Places / 5,
        _ => Places - ((Places + 3) / 4) - (2 * (Places / 8)) - (Places / 5),
    };

    /// <summary>The most of them that one receiver can have: it leaves half as many again.</summary>
    internal int MostOfReceiver(ReceiverKind kind) => ((2 * MostOf(kind)) + 4) / 5;

    /// <summary>How many attempts at once a receiver gets that has just hung.</summary>
    internal int LeastOfReceiver => Math.Max(1, Places / 32);
}
