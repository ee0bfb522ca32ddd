namespace Reel.Functions.Tests.Infra;

/// <summary>
/// The keys of a plain YAML file by their paths, such as <c>jobs.test.steps.0.uses</c>: mappings, sequences and block texts, with two spaces a level.
/// What is not of that kind throws <see cref="FormatException"/>: these files have no need of more.
/// </summary>
internal static class YamlOutline
{
    public static IReadOnlyDictionary<string, string> Read(string text)
    {
        var values = new Dictionary<string, string>();
        var open = new Stack<Level>();
        Level? block = null;
        foreach (var (line, number) in text.Split('\n').Select((line, index) => (line, index + 1)))
        {
            var indent = line.Length - line.TrimStart(' ').Length;
            if (block is { } inside)
            {
                if (line.Trim().Length == 0 || indent > inside.Indent)
                {
                    values[inside.Path] += line.Trim() + "\n";
                    continue;
                }

                block = null;
            }

            var rest = line.TrimStart(' ');
            if (rest.Length == 0 || rest[0] == '#') continue;
            if (rest.Contains('\t', StringComparison.Ordinal)) throw Wrong(number, "a tab");
            if (indent % 2 != 0) throw Wrong(number, "an odd indentation");
            while (open.TryPeek(out var top) && top.Indent >= indent && !(rest[0] == '-' && top.Indent == indent && !top.IsItem)) open.Pop();
            if (open.Count == 0 ? indent != 0 : indent > open.Peek().Indent + 2) throw Wrong(number, "an indentation that belongs to nothing");

            if (rest.StartsWith("- ", StringComparison.Ordinal))
            {
                var parent = open.Count > 0 ? open.Peek() : throw Wrong(number, "an item of nothing");
                open.Push(new Level(indent, $"{parent.Path}.{parent.Items++}", IsItem: true));
                rest = rest[2..];
                indent += 2;
            }

            var colon = rest.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0 || (colon + 1 < rest.Length && rest[colon + 1] != ' ')) throw Wrong(number, "no key");
            var path = open.Count == 0 ? rest[..colon] : $"{open.Peek().Path}.{rest[..colon]}";
            var value = rest[(colon + 1)..].Trim();
            CheckClosed(value, number);
            var level = new Level(indent, path, IsItem: false);
            if (!values.TryAdd(path, value == "|" ? "" : value)) throw Wrong(number, $"'{path}' for the second time");
            if (value == "|") block = level;
            else if (value.Length == 0) open.Push(level);
        }

        return values;
    }

    private static void CheckClosed(string value, int number)
    {
        if (value.Length > 0 && value[0] is '\'' or '"' && (value.Length == 1 || value[^1] != value[0])) throw Wrong(number, "a quote that is not closed");
        if (value.Count(character => character is '[' or '{') != value.Count(character => character is ']' or '}')) throw Wrong(number, "a bracket that is not closed");
    }

    private static FormatException Wrong(int number, string what) => new($"line {number} has {what}");

    private sealed record Level(int Indent, string Path, bool IsItem)
    {
        public int Items { get; set; }
    }
}
