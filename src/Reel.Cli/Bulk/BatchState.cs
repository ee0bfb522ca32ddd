using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Reel.Cli.Bulk;

/// <summary>What was sent of a file of requests, kept beside the videos so that nothing is sent twice.</summary>
/// <param name="Run">An id of the whole; part of every idempotency key.</param>
/// <param name="Url">The server that it was sent to.</param>
/// <param name="Caller">Whose it is: see <see cref="MarkOf"/>; null where that was not written down yet.</param>
internal sealed record BatchState(string Run, string Url, IReadOnlyList<Chunk> Chunks, string? Caller = null)
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
internal sealed record Chunk(IReadOnlyList<int> Lines, string Sha256, int? Concurrency, DateTimeOffset SentAt, string? BatchId = null)
{
    /// <summary>Lines that are the same elsewhere in the file are other requests, so the first line's number is in it.</summary>
    public string IdempotencyKey(string run) => $"reel-batch/{run}/{Lines[0]}/{Sha256[..32]}";
}

/// <summary>What became of a line.</summary>
/// <param name="Status">COMPLETED, FAILED, or INVALID for one that was not sent.</param>
/// <param name="File">The video's file in the folder, once it is there.</param>
/// <param name="Cost">In US dollars; null when it is not known.</param>
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
    string? Error = null)
{
    public const string Completed = "COMPLETED";
    public const string Failed = "FAILED";
    public const string Invalid = "INVALID";

    /// <summary>Whether it ended well: its video is in its file.</summary>
    [JsonIgnore]
    public bool IsSaved => Status == Completed && File is not null;
}

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
