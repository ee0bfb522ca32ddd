using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Reel.Cli.Bulk;

/// <summary>What was sent of a file of requests, kept beside the videos so that nothing is sent twice.</summary>
/// <param name="Run">An id of the whole; part of every idempotency key.</param>
/// <param name="Url">The server that it was sent to.</param>
/// <param name="Caller">Whose it is: see <see cref="MarkOf"/>; null where that was not written down yet.</param>
/// <param name="OpenRound">The round in which FAILED lines are being ordered again, until a run has come to its end; null while there is none.</param>
internal sealed record BatchState(string Run, string Url, IReadOnlyList<Chunk> Chunks, string? Caller = null, int? OpenRound = null)
{
    private const int Rounds = 100_000;

    /// <summary>What stands for a key, so that it can be known again and not be guessed: a salted, slow hash of it, in hex.</summary>
    /// <param name="key">Null for none.</param>
    public static string MarkOf(string? key, string run) => Convert.ToHexStringLower(
        Rfc2898DeriveBytes.Pbkdf2(key ?? "", System.Text.Encoding.UTF8.GetBytes(run), Rounds, HashAlgorithmName.SHA256, outputLength: 16));
}

/// <summary>Lines that were sent as one batch.</summary>
/// <param name="Lines">Their numbers, in the order of the batch.</param>
/// <param name="Sha256">Of the lines as they were sent.</param>
/// <param name="Concurrency">As it was asked for; part of what the idempotency key stands for.</param>
/// <param name="SentAt">When it was sent for the first time, be it heard or not.</param>
/// <param name="BatchId">As the server said; null while it is not known whether it heard.</param>
/// <param name="Round">1 for what is sent for the first time; a line is in one chunk of a round at the most.</param>
/// <param name="WebhookUrl">As it was asked for, like <paramref name="Concurrency"/>; so are <paramref name="WebhookEvents"/>.</param>
internal sealed record Chunk(
    IReadOnlyList<int> Lines,
    string Sha256,
    int? Concurrency,
    DateTimeOffset SentAt,
    string? BatchId = null,
    int Round = 1,
    string? WebhookUrl = null,
    IReadOnlyList<string>? WebhookEvents = null)
{
    /// <summary>Lines that are the same elsewhere in the file are other requests, so the first line's number is in it; so is the round after the first.</summary>
    public string IdempotencyKey(string run) => $"reel-batch/{run}/{Lines[0]}/{Sha256[..32]}{(Round == 1 ? "" : $"/{Round}")}";

    /// <summary>Whether it is this one, as it stood at another time.</summary>
    public bool Is(Chunk other) => (Round, Lines[0]) == (other.Round, other.Lines[0]);
}

/// <summary>What became of a line.</summary>
/// <param name="Status">COMPLETED, FAILED, or INVALID for one that was not sent.</param>
/// <param name="File">The video's file in the folder, once it is there.</param>
/// <param name="Cost">In US dollars; null when it is not known.</param>
/// <param name="Earlier">The requests of the line that FAILED before it was ordered again, oldest first; null for none.</param>
internal sealed record BatchResult(
    int Line,
    string Status,
    string? RequestId = null,
    string? BatchId = null,
    string? File = null,
    long? FileSize = null,
    string? Sha256 = null,
    decimal? Cost = null,
    string? Charged = null,
    string? ErrorCode = null,
    string? Error = null,
    IReadOnlyList<EarlierRequest>? Earlier = null)
{
    /// <summary>The error code of one whose only submit was cut off: it may be at the provider, or not.</summary>
    public const string OutcomeUnknown = "submit_outcome_unknown";

    public const string Completed = "COMPLETED";
    public const string Failed = "FAILED";
    public const string Invalid = "INVALID";

    /// <summary>Whether it ended well: its video is in its file.</summary>
    [JsonIgnore]
    public bool IsSaved => Status == Completed && File is not null;

    /// <summary>Whether ordering it again cannot be paid for twice.</summary>
    [JsonIgnore]
    public bool IsFree => Charged == "no";

    /// <summary>What the line cost as far as it is known, with the requests before this one.</summary>
    [JsonIgnore]
    public decimal TotalCost => (Cost ?? 0) + (Earlier?.Sum(one => one.Cost) ?? 0);

    /// <summary>This as what became of the line after <paramref name="before"/>.</summary>
    public BatchResult After(BatchResult? before) => before switch
    {
        null => this,
        { RequestId: { Length: > 0 } id } when RequestId is not null && RequestId != id => this with
        {
            Earlier = [.. before.Earlier ?? [], new EarlierRequest(id, before.ErrorCode, before.Charged, before.Cost)],
        },
        _ => this with { Earlier = before.Earlier },
    };
}

/// <summary>A request of a line that was ordered again.</summary>
internal sealed record EarlierRequest(string RequestId, string? ErrorCode, string? Charged, decimal? Cost);

/// <summary>The files of a folder of videos as JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(BatchState))]
[JsonSerializable(typeof(BatchResult))]
internal sealed partial class BatchJson : JsonSerializerContext
{
    /// <summary>Text stays as it is.</summary>
    public static BatchJson Types => Relaxed.Instance;

    // A class of its own: the generated part's fields must be there first.
    private static class Relaxed
    {
        public static readonly BatchJson Instance = new(
            new JsonSerializerOptions(((JsonSerializerContext)Default).Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }
}
