namespace Reel.Tests.Webhooks;

/// <summary>README's section for receivers, and the code in it.</summary>
internal static class ReadmeSection
{
    private static readonly Lazy<string> Text = new(() =>
    {
        var readme = File.ReadAllText(Path.Combine(Folder, "README.md")).ReplaceLineEndings("\n");
        var begin = readme.IndexOf("\n## Receiving webhooks\n", StringComparison.Ordinal);
        return readme[begin..readme.IndexOf("\n## ", begin + 1, StringComparison.Ordinal)];
    });

    public static string Folder => Path.Combine(AppContext.BaseDirectory, "Readme");

    /// <summary>The blocks of code in a language, in their order.</summary>
    public static IReadOnlyList<string> Blocks(string language) =>
        [.. Text.Value.Split($"\n```{language}\n").Skip(1).Select(rest => rest[..(rest.IndexOf("\n```", StringComparison.Ordinal) + 1)])];
}
