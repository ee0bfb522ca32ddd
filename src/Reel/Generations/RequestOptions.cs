using System.ComponentModel.DataAnnotations;

namespace Reel.Generations;

/// <summary>Settings under <c>Requests</c>.</summary>
public sealed class RequestOptions : IValidatableObject
{
    /// <summary>From acceptance to <c>timed_out</c>; 1 minute to 7 days.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "7.00:00:00")]
    public TimeSpan Deadline { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>How long a finished request is remembered, counted from its acceptance; 1 day to 10 years. What is under way is never forgotten.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "3650.00:00:00")]
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(30);

    /// <summary>
    /// How long an idempotency key stands for its request, from its first use; 1 day to <see cref="Retention"/>, so that within it the request is still
    /// remembered.
    /// </summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "3650.00:00:00")]
    public TimeSpan IdempotencyLifetime { get; set; } = TimeSpan.FromDays(1);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (IdempotencyLifetime > Retention)
            yield return new ValidationResult($"must be no longer than Requests__Retention ({Retention}).", [nameof(IdempotencyLifetime)]);
    }
}

/// <summary>Settings under <c>Polling</c>.</summary>
public sealed class PollingOptions : IValidatableObject
{
    /// <summary>The shortest wait between two checks of a render; 0.1 seconds to 5 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan Least { get; set; } = TimeSpan.FromSeconds(4);

    /// <summary>The longest wait between two checks of a render, but for a hundredth of its age; 0.1 seconds to 1 hour.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan Most { get; set; } = TimeSpan.FromMinutes(3);

    /// <summary>
    /// How many seconds of lag one check is worth: more means fewer checks, and videos that are seen later; 10 milliseconds to 1 minute.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:01:00")]
    public TimeSpan CheckWorth { get; set; } = TimeSpan.FromSeconds(0.47);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Most < Least) yield return new ValidationResult($"Most ({Most}) is less than Least ({Least}).", [nameof(Most)]);
    }
}
