namespace Reel.Emulator.Endpoints;

/// <summary>The few answers that are pages.</summary>
internal static class HtmlPages
{
    /// <summary>The provider's one error that is not JSON.</summary>
    public const string MethodNotAllowed = """
        <!doctype html>
        <html lang=en>
        <title>405 Method Not Allowed</title>
        <h1>Method Not Allowed</h1>
        <p>The method is not allowed for the requested URL.</p>
        </html>

        """;

    /// <summary>What a gateway in front of a file store shows instead of the file.</summary>
    public const string Interstitial = """
        <!doctype html>
        <html lang=en>
        <title>One moment</title>
        <p>Checking your browser before the download starts.</p>
        </html>

        """;
}
