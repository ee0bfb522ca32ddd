using System.Security.Cryptography;
using System.Text;
using Reel.Records;

namespace Reel.Generations;

/// <summary>
/// Reserves idempotency keys: a record created with If-None-Match holds the request id and a fingerprint of what was asked; whoever loses the
/// race reads it. Since starting an orchestration is repeatable, a crash between the two loses nothing.
/// </summary>
public sealed class IdempotencyKeys(RecordStore records)
{
    /// <summary>The longest key, in characters.</summary>
    public const int MaxLength = 255;

    /// <summary>
    /// Reserves a key for a new request, or tells which request has it. The caller starts the orchestration under the id that comes back in
    /// either case.
    /// </summary>
    /// <param name="fingerprint">See <see cref="Fingerprint"/>.</param>
    public async Task<Reservation> ReserveAsync(
        string callerId, string key, string fingerprint, string requestId, CancellationToken cancellationToken)
    {
        var name = $"idempotency/{callerId}/{Hash(key)}.json";
        var mine = new IdempotencyRecord(requestId, fingerprint);
        if (await records.CreateAsync(name, mine, cancellationToken) is not null) return new Reservation(mine, IsReplay: false, IsConflict: false);

        var found = await records.ReadAsync<IdempotencyRecord>(name, cancellationToken)
            ?? throw new InvalidOperationException("An idempotency record was removed while it was looked at.");
        return new Reservation(found.Value, IsReplay: true, IsConflict: found.Value.Fingerprint != fingerprint);
    }

    /// <summary>A fingerprint of all that makes two requests the same.</summary>
    public static string Fingerprint(params ReadOnlySpan<string?> parts)
    {
        var text = new StringBuilder();
        foreach (var part in parts) text.Append(part?.Length ?? -1).Append(':').Append(part).Append('\n');
        return Hash(text.ToString());
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}

/// <summary>What is kept under an idempotency key.</summary>
public sealed record IdempotencyRecord(string RequestId, string Fingerprint);

/// <summary>Who has an idempotency key.</summary>
/// <param name="IsReplay">The key was reserved before.</param>
/// <param name="IsConflict">It was reserved for a request that differs.</param>
public sealed record Reservation(IdempotencyRecord Record, bool IsReplay, bool IsConflict);
