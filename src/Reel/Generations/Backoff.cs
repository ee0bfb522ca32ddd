using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Reel.Generations;

/// <summary>Waits between repeated tries on durable timers. Pure arithmetic: replays give the same waits.</summary>
public static class Backoff
{
    /// <summary>
    /// <paramref name="first"/>, doubled with each attempt up to <paramref name="most"/>, and up to a quarter longer by the request's own share,
    /// so that what failed together does not come back together.
    /// </summary>
    /// <param name="requestId">Whose wait it is.</param>
    /// <param name="attempt">The attempt that failed, from 1.</param>
    public static TimeSpan After(string requestId, int attempt, TimeSpan first, TimeSpan most)
    {
        var seconds = Math.Min(first.TotalSeconds * Math.Pow(2, Math.Min(attempt - 1, 30)), most.TotalSeconds);
        return TimeSpan.FromSeconds(seconds * (1 + Spread(requestId, attempt) / 4));
    }

    /// <summary>A number in [0, 1) that differs between requests and attempts, and is the same on every replay.</summary>
    public static double Spread(string requestId, int attempt)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{requestId}/{attempt}"));
        return (BinaryPrimitives.ReadUInt64LittleEndian(hash) >> 11) / (double)(1UL << 53);
    }
}
