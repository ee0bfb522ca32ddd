namespace Reel.Hostile;

/// <summary>How the bytes of a request get to the server.</summary>
internal enum Pace
{
    /// <summary>All of them, and then the answer is read.</summary>
    AtOnce,

    /// <summary>Some at a time.</summary>
    InPieces,

    /// <summary>All of them, and an end of sending once the server is silent: it may wait for more.</summary>
    HalfClosed,

    /// <summary>The first part, and an end of sending behind it.</summary>
    CutOff,

    /// <summary>The first part, and then nothing; the server has to end it.</summary>
    Stalled,

    /// <summary>The first part, and then the connection is reset.</summary>
    Reset,
}

/// <summary>A request that is not meant well.</summary>
/// <param name="Bytes">All that there is of it.</param>
/// <param name="Sent">How many of them are sent.</param>
/// <param name="Key">The API key that it brings; null where that is none, or none for sure.</param>
/// <param name="Target">The path and query; empty where there are none for sure.</param>
internal sealed record HostileRequest(byte[] Bytes, Pace Pace, int Sent, string? Key, string Target);

/// <summary>What an attacker knows of one caller: what exists.</summary>
/// <param name="Key">The caller's own.</param>
/// <param name="Secret">Stands in the metadata of all that the caller has.</param>
internal sealed record Foothold(string Key, string Secret, IReadOnlyList<string> Requests, IReadOnlyList<string> Batches, IReadOnlyList<string> Cursors)
{
    /// <summary>Whether a text has to do with one of the caller's.</summary>
    public bool IsIn(string text) => Requests.Concat(Batches).Any(id => text.Contains(id, StringComparison.OrdinalIgnoreCase));
}
