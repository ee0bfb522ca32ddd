using System.Text.RegularExpressions;

namespace Reel.Page.Tests;

/// <summary>What the page's files must not have in them, whatever a browser would say.</summary>
public sealed partial class SourceTests
{
    private const string Prefix = "Reel.Page.";

    private static readonly Dictionary<string, string> Files = Read();

    [Fact]
    public void Nothing_makes_markup_or_script_of_text() => Assert.All(Files, file => Assert.DoesNotMatch(MakesMarkup(), file.Value));

    [Fact]
    public void The_page_has_no_script_and_no_style_in_it_and_asks_nobody_else()
    {
        Assert.DoesNotMatch(InlineCode(), Files["index.html"]);
        Assert.All(Files, file => Assert.All(
            AbsoluteUrl().Matches(file.Value), url => Assert.Contains(url.Value, (string[])["http://www.w3.org", "https://…"])));
    }

    [Fact]
    public void What_the_page_names_is_there_and_every_module_is_asked_for_at_once()
    {
        var named = PartName().Matches(Files["index.html"]).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal);

        Assert.Equal(Files.Keys.Where(name => name != "index.html").Order(StringComparer.Ordinal), named);
    }

    private static Dictionary<string, string> Read()
    {
        var assembly = typeof(ReelServices).Assembly;
        return assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).ToDictionary(name => name[Prefix.Length..], name =>
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            return reader.ReadToEnd();
        });
    }

    [GeneratedRegex(@"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\s*\(|new Function|DOMParser|createContextualFragment|srcdoc|javascript:", RegexOptions.IgnoreCase)]
    private static partial Regex MakesMarkup();

    [GeneratedRegex(@"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=", RegexOptions.IgnoreCase)]
    private static partial Regex InlineCode();

    [GeneratedRegex(@"https?://[^/'""`\s]*")]
    private static partial Regex AbsoluteUrl();

    [GeneratedRegex(@"page/\{version\}/([a-z.]+)")]
    private static partial Regex PartName();
}
