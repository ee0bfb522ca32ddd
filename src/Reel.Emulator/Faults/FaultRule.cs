using System.Text.Json;

namespace Reel.Emulator.Faults;

/// <summary>A rule as it is sent and shown: where, whom and how often it strikes, then what happens. The README explains each member.</summary>
internal sealed record FaultRule
{
    public required string Where { get; init; }

    public required string Kind { get; init; }

    public string? Model { get; init; }

    public string? PromptContains { get; init; }

    public string? RequestId { get; init; }

    /// <summary>How many times it strikes; null: always.</summary>
    public int? Times { get; init; }

    /// <summary>The how-many-th request that matches is the first to be struck, from 1.</summary>
    public int? From { get; init; }

    /// <summary>Of the requests that match and are counted in, this share is struck: 0 to 1.</summary>
    public double? Probability { get; init; }

    /// <summary>Whether the job is accepted although its submit does not get the ordinary answer.</summary>
    public bool? Accept { get; init; }

    public int? Status { get; init; }

    public string? Error { get; init; }

    public JsonElement? Body { get; init; }

    public string? ContentType { get; init; }

    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    public string? Reset { get; init; }

    public string? Format { get; init; }

    public string? Location { get; init; }

    public string? As { get; init; }

    public bool? Before { get; init; }

    public double? Seconds { get; init; }

    public long? Bytes { get; init; }

    public long? BytesPerSecond { get; init; }
}
