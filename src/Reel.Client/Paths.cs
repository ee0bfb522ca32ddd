using System.Globalization;

namespace Reel.Client;

/// <summary>Paths out of names and ids that may hold anything.</summary>
internal static class Paths
{
    /// <summary>A name as one segment of a path.</summary>
    /// <exception cref="ArgumentException">It cannot be one.</exception>
    public static string Segment(string name) => name is "" or "." or ".."
        ? throw new ArgumentException($"'{name}' is no name that can be asked for.", nameof(name))
        : Uri.EscapeDataString(name);

    /// <summary>A path with those parameters that have a value.</summary>
    public static string WithQuery(string path, params (string Name, string? Value)[] parameters)
    {
        var query = string.Join('&', parameters.Where(one => one.Value is not null).Select(one => $"{one.Name}={Uri.EscapeDataString(one.Value!)}"));
        return query.Length == 0 ? path : $"{path}?{query}";
    }

    public static string? Of(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);

    public static string? Of(int? number) => number?.ToString(CultureInfo.InvariantCulture);
}
