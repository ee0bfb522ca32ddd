namespace Reel.Videos;

/// <summary>A blob of the wanted name exists and is not this request's video. It is left alone; somebody has to look.</summary>
public sealed class VideoNameTakenException(string blobName)
    : Exception($"The blob '{blobName}' exists and does not belong to this request; it was left as it is.");
