using Reel.Api;
using Reel.Videos;

namespace Reel.Page;

/// <summary>The page itself, as this host shows it: its links begin at the path of <c>Api__PublicUrl</c>, and it lets in videos from this host's storage.</summary>
internal sealed class StartPage
{
    public StartPage(Links links, VideoStore videos)
    {
        // Nothing but its own files; videos also from where the links in results lead. No text ever becomes markup or script.
        ContentSecurityPolicy =
            $"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob: {videos.LinkOrigin}; connect-src 'self'; "
            + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";
        File = PageFile.Start(links.BasePath, ContentSecurityPolicy);
    }

    public string ContentSecurityPolicy { get; }

    public PageFile File { get; }
}
