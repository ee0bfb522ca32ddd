using System.Globalization;
using Azure.Storage.Blobs.Models;

namespace Reel.Videos;

/// <summary>What is kept on a video's blob beside its bytes. Names and values are HTTP headers: ASCII.</summary>
internal static class VideoMetadata
{
    private const string RequestId = "requestid", Sha256 = "sha256", Length = "length", Source = "source";
    private const int LongestSource = 200;

    public static Dictionary<string, string> Write(string requestId, string sha256, long length, Uri source)
    {
        var metadata = new Dictionary<string, string>
        {
            [RequestId] = requestId,
            [Sha256] = sha256,
            [Length] = length.ToString(CultureInfo.InvariantCulture),
        };
        // The file's name at the provider, still percent-encoded; without the query, which could hold a signature.
        var name = source.Segments[^1].Trim('/');
        if (name.Length > 0) metadata[Source] = name[..Math.Min(name.Length, LongestSource)];
        return metadata;
    }

    /// <summary>Whether a blob was written here.</summary>
    public static bool IsOurs(IDictionary<string, string>? metadata) => metadata?.ContainsKey(RequestId) == true;

    /// <summary>The blob as a video; null when it is none, is not whole, or belongs to another request than the given one.</summary>
    public static StoredVideo? Read(string blobName, BlobProperties blob, string? requestId = null)
    {
        var whole = blob.Metadata.TryGetValue(Length, out var length)
            && length == blob.ContentLength.ToString(CultureInfo.InvariantCulture);
        var owned = blob.Metadata.TryGetValue(RequestId, out var owner) && (requestId is null || owner == requestId);
        return whole && owned && blob.Metadata.TryGetValue(Sha256, out var sha256)
            ? new StoredVideo(blobName, blob.ContentLength, sha256, blob.ContentType, blob.LastModified, blob.ETag.ToString())
            : null;
    }
}
