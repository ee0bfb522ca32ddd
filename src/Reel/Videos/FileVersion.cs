using System.Net.Http.Headers;

namespace Reel.Videos;

/// <summary>
/// What tells one state of a provider's file from another, surely enough to put parts of it together: a strong ETag, or where there is no ETag a
/// Last-Modified so long before the answer that no second change can hide behind it (RFC 9110, 8.8 and 13.1.5).
/// </summary>
internal sealed class FileVersion
{
    // Apart by more than a second, as the RFC has it, and by what the clocks of a CDN and of a file's origin may differ.
    private static readonly TimeSpan SurelyEarlier = TimeSpan.FromMinutes(1);

    private readonly EntityTagHeaderValue? tag;
    private readonly DateTimeOffset? modified;

    private FileVersion(EntityTagHeaderValue? tag, DateTimeOffset? modified) => (this.tag, this.modified) = (tag, modified);

    /// <summary>For If-Range: a server with another version sends that one, from its beginning.</summary>
    public RangeConditionHeaderValue Condition => tag is not null ? new(tag) : new(modified!.Value);

    /// <summary>The version that an answer with the whole file is of; null when a part of it could not be told from a part of another.</summary>
    public static FileVersion? Of(HttpResponseMessage answer)
    {
        if (answer.Headers.AcceptRanges.Contains("none")) return null;
        if (answer.Headers.ETag is { } tag) return tag.IsWeak ? null : new(tag, null);
        return answer.Content.Headers.LastModified is { } modified && answer.Headers.Date - modified >= SurelyEarlier ? new(null, modified) : null;
    }

    /// <summary>True when the answer says that it is of this version. One that says nothing may come from a server that does not know If-Range.</summary>
    public bool IsOf(HttpResponseMessage answer) =>
        tag is not null ? tag.Equals(answer.Headers.ETag) : answer.Content.Headers.LastModified == modified;
}
