namespace Reel.Local.Engine;

/// <summary>All that the Functions host lets through of an exception, and so does this engine.</summary>
internal static class FirstLine
{
    public static string Of(Exception error)
    {
        var line = error.Message.AsSpan().TrimStart();
        var end = line.IndexOfAny('\r', '\n');
        if (end >= 0) line = line[..end];
        return line.IsEmpty ? error.GetType().Name : line.ToString();
    }
}
