using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Reel.Generations;

namespace Reel.Api;

/// <summary>The idempotency key of a submit: the header <c>Idempotency-Key</c>, bare or as a structured-field string in quotes, or a field of the body.</summary>
internal static partial class IdempotencyKeyField
{
    /// <summary>The key; null when there is none. What is wrong with it is noted.</summary>
    public static string? Read(ReservedFields ours, HttpRequest request, SortedDictionary<string, string> errors)
    {
        var inBody = ours.Text(ReservedFields.IdempotencyKey);
        var headers = request.Headers["Idempotency-Key"];
        var inHeader = headers is [{ } header, ..] ? Unquote(header.Trim()) : null;

        var key = inHeader ?? inBody;
        if (key is null) return null;
        if (headers.Count > 1) errors.TryAdd(ReservedFields.IdempotencyKey, "must be given in one Idempotency-Key header, not in several");
        else if (key.Length is 0 || key.EnumerateRunes().Count() > IdempotencyKeys.MaxLength)
            errors.TryAdd(ReservedFields.IdempotencyKey, $"must be 1 to {IdempotencyKeys.MaxLength} characters");
        else if (inBody is not null && inHeader is not null && inBody != inHeader)
            errors.TryAdd(ReservedFields.IdempotencyKey, "differs from the Idempotency-Key header");
        return key;
    }

    // RFC 9651: in quotes, a backslash stands before a quote or another backslash.
    private static string Unquote(string text) => text is ['"', .. var quoted, '"'] ? Escape().Replace(quoted, "$1") : text;

    [GeneratedRegex("""\\(["\\])""")]
    private static partial Regex Escape();
}
