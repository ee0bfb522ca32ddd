namespace Reel.Client;

/// <summary>What can go into a header as it is.</summary>
internal static class HeaderText
{
    /// <summary>A text of printable ASCII.</summary>
    /// <exception cref="ArgumentException">It is none; the message does not repeat it, since it may be a secret.</exception>
    public static string Check(string text, string name) => text.All(c => c is >= ' ' and <= '~')
        ? text
        : throw new ArgumentException("Only printable ASCII can be sent.", name);
}
