using System.Text.Json.Serialization;

namespace Reel.Emulator.Jobs;

/// <summary>
/// A job as it was accepted. Its whole future is decided then (or by a fault later), so that its state is a question of the clock alone and
/// ten thousand of them need no timer. Prices in US dollars.
/// </summary>
internal sealed record Job
{
    public required Guid Id { get; init; }

    /// <summary>The how-many-th accepted job this is; what was drawn for it follows from this and the seed.</summary>
    public required long Number { get; init; }

    public required string Model { get; init; }

    public string? Prompt { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset StartsAt { get; init; }

    /// <summary>When it is COMPLETED or FAILED; null: never.</summary>
    public DateTimeOffset? EndsAt { get; init; }

    /// <summary>The error of a job that ends FAILED; null for one that ends COMPLETED.</summary>
    public string? Failure { get; init; }

    public required decimal Cost { get; init; }

    public required decimal RemainingCredits { get; init; }

    public int? RetryCount { get; init; }

    /// <summary>The unguessable part of the video's URL.</summary>
    public required string FileToken { get; init; }

    /// <summary>The stock video's name.</summary>
    public required string Video { get; init; }

    /// <summary>The length of a generated video that takes the stock video's place.</summary>
    public long? GeneratedBytes { get; init; }

    public DateTimeOffset? RecordExpiresAt { get; init; }

    public DateTimeOffset? FileExpiresAt { get; init; }

    [JsonIgnore]
    public decimal Charged => Failure is null ? Cost : 0;

    /// <summary>When nothing can be asked about it any more. One that never ends is forgotten after a day.</summary>
    [JsonIgnore]
    public DateTimeOffset ForgottenAt =>
        RecordExpiresAt is null || FileExpiresAt is null ? CreatedAt.AddDays(1) : Later(RecordExpiresAt.Value, FileExpiresAt.Value);

    public JobState StateAt(DateTimeOffset now) =>
        now < StartsAt ? JobState.Queued
        : EndsAt is null || now < EndsAt ? JobState.Processing
        : Failure is null ? JobState.Completed
        : JobState.Failed;

    /// <summary>The same job, failed as of now, with its record kept as long as it was to be.</summary>
    public Job FailedAt(DateTimeOffset now, string error, TimeSpan recordLifetime, TimeSpan fileLifetime) => this with
    {
        Failure = error,
        StartsAt = StartsAt < now ? StartsAt : now,
        EndsAt = now,
        RecordExpiresAt = now + recordLifetime,
        FileExpiresAt = now + fileLifetime,
    };

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;
}

/// <summary>The provider's four states.</summary>
internal enum JobState
{
    Queued,
    Processing,
    Completed,
    Failed,
}
