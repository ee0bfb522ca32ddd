namespace Reel.Videos;

/// <summary>Thrown by an <see cref="OpenConnection"/>: a provider's link leads to where it must not.</summary>
/// <param name="reason">Why, fit for the caller.</param>
public sealed class SourceRefusedException(string reason) : Exception(reason);
