namespace Reel.Api;

/// <summary>Counts and costs of requests accepted from <paramref name="Since"/> to before <paramref name="Until"/>.</summary>
/// <param name="RememberedSince">Requests accepted before this have been forgotten and are not in here.</param>
/// <param name="Days">Newest first; days and models without a request are left out.</param>
internal sealed record UsageAnswer(
    DateTimeOffset Since, DateTimeOffset Until, DateTimeOffset RememberedSince, UsageFigures Total, IReadOnlyList<UsageDay> Days);

/// <summary>A UTC day.</summary>
internal sealed record UsageDay(DateOnly Day, IReadOnlyList<UsageFigures> Models);

/// <summary>Counts and costs of one model, or of all.</summary>
/// <param name="Model">Left out in the total.</param>
/// <param name="Failed">Without those that were cancelled.</param>
/// <param name="Open">Neither completed nor failed yet.</param>
/// <param name="CostUsd">What the provider reported (assumed: a credit is a dollar).</param>
/// <param name="ChargeUnknown">How many may have been charged, or were, at a cost that was not reported and is not in <paramref name="CostUsd"/>.</param>
internal sealed record UsageFigures(
    string? Model, int Requests, int Completed, int Failed, int Canceled, int Open, decimal CostUsd, int ChargeUnknown);
