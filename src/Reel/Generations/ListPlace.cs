namespace Reel.Generations;

/// <summary>
/// Where a list goes on: in which page of the engine's, and after which request of that. An engine's page can be left in its middle, since it is asked
/// for more instances than fit; ids in it only ever come before those that were seen, or go.
/// </summary>
/// <param name="After">The id of the last request seen of it; null when it begins.</param>
/// <param name="Engine">The engine's token for it; null for its first.</param>
internal sealed record ListPlace(string? After, string? Engine)
{
    private const char Separator = '|';

    /// <summary>From the page before; null for the beginning.</summary>
    /// <exception cref="ArgumentException">It is none of ours.</exception>
    public static ListPlace Read(string? token)
    {
        if (token is null) return new ListPlace(null, null);
        var end = token.IndexOf(Separator, StringComparison.Ordinal);
        if (end < 0 || (end > 0 && !RequestId.IsValid(token[..end]))) throw new ArgumentException("It is no place in a list.", nameof(token));
        return new ListPlace(end == 0 ? null : token[..end], end + 1 == token.Length ? null : token[(end + 1)..]);
    }

    /// <summary>Whether a request was seen already, or is newer than what was seen.</summary>
    public bool IsPast(string requestId) => After is not null && string.CompareOrdinal(requestId, After) <= 0;

    public override string ToString() => $"{After}{Separator}{Engine}";
}
