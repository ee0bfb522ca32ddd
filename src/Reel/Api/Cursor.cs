using System.Buffers.Text;
using System.Text;

namespace Reel.Api;

/// <summary>Where a list goes on, in a form for callers. Bound to its caller: the engine's token may hold an instance id.</summary>
internal static class Cursor
{
    public const string Rule = "must be the next_cursor of the page before";

    public static string Encode(string caller, string token) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"{caller}~{token}"));

    /// <summary>The engine's token; null for what is no cursor of this caller's.</summary>
    public static string? Decode(string caller, string cursor)
    {
        try
        {
            var text = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor));
            return text.StartsWith(caller + "~", StringComparison.Ordinal) && text.Length > caller.Length + 1 ? text[(caller.Length + 1)..] : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
