using System.Text.RegularExpressions;

namespace Reel.Segmind;

/// <summary>Why a render failed, as far as its text tells.</summary>
public enum FailureCause
{
    /// <summary>Anything else: the same request may work another time.</summary>
    ProviderFailed,

    /// <summary>The content was blocked: the same request will be blocked again.</summary>
    ContentBlocked,
}

/// <summary>
/// Tells content blocks from other failures. The provider has no code for it, only a text, and no list of texts either: the words
/// below are (assumed), and this is their one place.
/// </summary>
public static partial class FailureCauses
{
    /// <summary>The cause that an error text speaks of.</summary>
    public static FailureCause Of(string error) =>
        BlockWords().IsMatch(error) ? FailureCause.ContentBlocked : FailureCause.ProviderFailed;

    // RAI ("responsible AI") as a word of its own: "training" and "constraint" hold it too. "Sensitive", but not "case-sensitive".
    [GeneratedRegex(
        """
        \b RAI \b | responsible [\s_-]? AI
        | content [\s_-]? (policy | policies | filter | moderat | safety | security | block | violation)
        | (policy | policies | guidelines?) [\s_-]? violation | violat\w* [^.]{0,40} (policy | policies | guideline | terms)
        | moderat(ion|ed) | \b (un)?safety \b | \b unsafe \b | \b nsfw \b | (?<! case [\s-]? | time [\s-]?) sensitive
        | prohibited | inappropriate | risk [\s_-]? control
        """,
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.IgnorePatternWhitespace | RegexOptions.ExplicitCapture)]
    private static partial Regex BlockWords();
}
