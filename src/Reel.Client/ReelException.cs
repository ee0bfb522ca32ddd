using System.Text.Json;

namespace Reel.Client;

/// <summary>What the API refused, or that it could not be reached. The message is the API's own, for people.</summary>
/// <param name="status">The HTTP status; 0 when there was no answer.</param>
/// <param name="code">The API's <c>error_code</c>, or one of <see cref="Unreachable"/>, <see cref="NotReel"/> and <see cref="Corrupt"/>.</param>
public sealed class ReelException(string message, int status, string code, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Nobody answered, or the answer broke off.</summary>
    public const string Unreachable = "unreachable";

    /// <summary>Somebody answered who does not speak as Reel does.</summary>
    public const string NotReel = "not_reel";

    /// <summary>A video came that is not the one that the API announced.</summary>
    public const string Corrupt = "corrupt";

    private static readonly Dictionary<string, string> None = [];

    /// <summary>The HTTP status; 0 when there was no answer.</summary>
    public int Status { get; } = status;

    /// <summary>For programs.</summary>
    public string Code { get; } = code;

    /// <summary>What is wrong by parameter; empty where that was not said.</summary>
    public IReadOnlyDictionary<string, string> Errors { get; init; } = None;

    /// <summary>Which request it is about, where one is meant.</summary>
    public string? RequestId { get; init; }

    /// <summary>When to ask again, where the API said so.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The caller's limit that stood in the way.</summary>
    public ReelLimit? Limit { get; init; }

    /// <summary>The whole error as the API answered it; null when it did not.</summary>
    public JsonElement? Body { get; init; }

    /// <summary>Whether the same call, where it is safe to repeat, may have another outcome in a moment.</summary>
    public bool IsTransient => Status is 0 or 408 or 502 or 503 or 504 || (Status == 429 && (Limit is null || Limit.Asked <= Limit.Value));
}

/// <summary>A limit of the caller's key.</summary>
/// <param name="Name">requests_per_minute, in_flight or usd_per_day.</param>
/// <param name="Value">What it is set to.</param>
/// <param name="Used">How much of it is used.</param>
/// <param name="Asked">How much more was asked for.</param>
/// <param name="FreeAt">When there is room; null when there never is for so much at once.</param>
public sealed record ReelLimit(string Name, decimal Value, decimal Used, decimal Asked, DateTimeOffset? FreeAt);
