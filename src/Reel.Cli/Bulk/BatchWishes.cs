namespace Reel.Cli.Bulk;

/// <summary>What a run of a file of requests was asked for.</summary>
/// <param name="Concurrency">How many are under way at once; null for what the server allows.</param>
/// <param name="SkipInvalid">Whether lines that the server does not take are left out.</param>
/// <param name="WebhookUrl">Who is told; null for whom the key says.</param>
/// <param name="WebhookEvents">What it is told of; null for the end of each batch.</param>
/// <param name="RetryFailed">Whether lines that FAILED and were not charged are ordered again.</param>
/// <param name="RetryCharged">With <paramref name="RetryFailed"/>: also those that were charged, or may have been.</param>
internal sealed record BatchWishes(
    int? Concurrency = null,
    bool SkipInvalid = false,
    string? WebhookUrl = null,
    IReadOnlyList<string>? WebhookEvents = null,
    bool RetryFailed = false,
    bool RetryCharged = false);

/// <summary>Lines that are ordered again, each once in this round.</summary>
/// <param name="Number">From 2.</param>
internal sealed record BatchRound(int Number, IReadOnlySet<int> Lines);
