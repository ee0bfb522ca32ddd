using System.Globalization;

namespace Reel.EndToEnd.Tests.CrashLab;

/// <summary>A request as Reel tells of it in the end.</summary>
internal sealed record Ending(string Id, int Shot, string Status, string? ErrorCode, string? Charged, string? ProviderId, string? Output)
{
    public override string ToString() => $"{Status} {ErrorCode}, charged {Charged}";
}

/// <summary>A submit as the provider saw it.</summary>
/// <param name="Status">What was answered; null for nothing.</param>
internal sealed record Submit(int? Status, bool Accepted)
{
    /// <summary>Surely not accepted, and worth another try. After all else there must be none.</summary>
    public bool MayBeRepeated => !Accepted && Status is 429 or 500 or 502 or 503;

    public override string ToString() => $"{Status?.ToString(CultureInfo.InvariantCulture) ?? "no answer"}{(Accepted ? " accepted" : "")}";
}
