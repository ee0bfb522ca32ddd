namespace Reel.Client;

/// <summary>Counts and costs of requests accepted from <paramref name="Since"/> to before <paramref name="Until"/>.</summary>
/// <param name="RememberedSince">Requests accepted before this have been forgotten and are not in here.</param>
/// <param name="Days">Newest first.</param>
public sealed record ReelUsage(
    DateTimeOffset Since, DateTimeOffset Until, DateTimeOffset RememberedSince, ReelUsageFigures Total, IReadOnlyList<ReelUsageDay> Days) : ReelDocument;

/// <summary>A UTC day.</summary>
public sealed record ReelUsageDay(DateOnly Day, IReadOnlyList<ReelUsageFigures> Models);

/// <summary>Counts and costs of one model, or of all.</summary>
/// <param name="ChargeUnknown">How many may have been charged at a cost that was not reported and is not in <paramref name="CostUsd"/>.</param>
public sealed record ReelUsageFigures(
    int Requests, int Completed, int Failed, int Canceled, int Open, decimal CostUsd, int ChargeUnknown, string? Model = null);
