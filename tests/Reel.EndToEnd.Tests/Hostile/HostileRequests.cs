using System.Text;

namespace Reel.Hostile;

/// <summary>Requests that nobody means well with, as bytes; the same ones for the same seed and the same footholds.</summary>
/// <param name="stranger">A key that owns nothing of the foothold.</param>
internal sealed class HostileRequests(int seed, string authority, string stranger)
{
    private readonly HostileChoice choice = new(seed);

    /// <summary>What there is to attack.</summary>
    public required Foothold Known { get; set; }

    public HostileRequest Next() => choice.OneIn(12) ? Garbage() : Request();

    private HostileRequest Garbage()
    {
        var bytes = HostileHeads.Garbage(choice, authority);
        return new HostileRequest(bytes, Pace.HalfClosed, bytes.Length, null, "");
    }

    private HostileRequest Request()
    {
        var (verb, route) = HostileTargets.Route(choice);
        var target = HostileTargets.Target(choice, route, Known);
        var key = choice.OneIn(8) ? stranger : choice.OneIn(15) ? null : Known.Key;
        var body = verb is "GET" or "HEAD" && !choice.OneIn(10) ? [] : HostileBodies.Body(choice, route, Known.Secret);
        var head = new StringBuilder($"{verb} {target} HTTP/1.{(choice.OneIn(40) ? 0 : 1)}\r\n");
        HostileHeads.Write(choice, head, authority, key, route, body.Length > 0);
        var framed = HostileHeads.Frame(choice, head, body);
        var bytes = (byte[])[.. Encoding.Latin1.GetBytes(head.ToString()), .. framed];
        if (!choice.OneIn(12)) return new HostileRequest(bytes, PaceOf(bytes, out var sent), sent, key, target);

        // What is spoilt may have lost its end, or whose it is.
        for (var i = choice.Next(1, 5); i > 0; i--) bytes[choice.Next(Math.Min(bytes.Length, 2_000))] = (byte)choice.Next(256);
        return new HostileRequest(bytes, Pace.HalfClosed, bytes.Length, null, "");
    }

    private Pace PaceOf(byte[] bytes, out int sent)
    {
        sent = bytes.Length;
        var pace = choice.Next(500) switch
        {
            < 400 => Pace.AtOnce,
            < 450 => Pace.InPieces,
            < 475 => Pace.CutOff,
            < 498 => Pace.Reset,
            _ => Pace.Stalled,
        };
        if (pace is Pace.CutOff or Pace.Reset or Pace.Stalled) sent = choice.Next(1, bytes.Length + 1);
        return pace;
    }
}

/// <summary>Chance, with a seed.</summary>
internal sealed class HostileChoice(int seed)
{
    private readonly Random random = new(seed);

    public int Next(int most) => random.Next(most);

    public int Next(int least, int most) => random.Next(least, most);

    public bool OneIn(int many) => random.Next(many) == 0;

    public T Of<T>(IReadOnlyList<T> from) => from[random.Next(from.Count)];

    /// <summary>One of them over and over.</summary>
    public string Many(IReadOnlyList<string> from, int most) => string.Concat(Enumerable.Repeat(Of(from), random.Next(1, most)));
}
