using System.Security.Cryptography;

namespace Reel.Cli.Bulk;

/// <summary>What was sent of a file of requests, kept beside the videos so that nothing is sent twice.</summary>
/// <param name="Run">An id of the whole; part of every idempotency key.</param>
/// <param name="Url">The server that it was sent to.</param>
/// <param name="Caller">Whose it is: see <see cref="MarkOf"/>; null where that was not written down yet.</param>
/// <param name="OpenRound">The round in which FAILED lines are being ordered again, until a run has said how it ended; null while there is none.</param>
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
