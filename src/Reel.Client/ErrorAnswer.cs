using System.Text.Json;

namespace Reel.Client;

/// <summary>Reads errors: the API's, and those of whatever stands before it.</summary>
internal static class ErrorAnswer
{
    public static ReelException Read(HttpResponseMessage response, ReadOnlyMemory<byte> body, TimeProvider time)
    {
        var status = (int)response.StatusCode;
        var retryAfter = response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } when date > time.GetUtcNow() => date - time.GetUtcNow(),
            _ => (TimeSpan?)null,
        };
        if (TryParse(body) is not { ValueKind: JsonValueKind.Object } json || ReadBody(json) is not { Error: { } error } answer)
        {
            var to = response.Headers.Location is { } location ? $" and points to {location}" : "";
            return new ReelException(
                $"{response.RequestMessage?.RequestUri?.GetLeftPart(UriPartial.Path)} answers {status} {response.ReasonPhrase}{to}", status, ReelException.NotReel)
            {
                RetryAfter = retryAfter,
            };
        }

        return new ReelException(error, status, answer.ErrorCode ?? "unknown")
        {
            Errors = answer.Errors ?? new Dictionary<string, string>(),
            RequestId = answer.RequestId,
            RetryAfter = retryAfter,
            Limit = answer.Limit,
            Body = json,
        };
    }

    /// <summary>JSON, or null for what is none.</summary>
    public static JsonElement? TryParse(ReadOnlyMemory<byte> body)
    {
        try
        {
            return JsonElement.Parse(body.Span);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static ErrorBody? ReadBody(JsonElement json)
    {
        try
        {
            return json.Deserialize(ClientJson.Default.ErrorBody);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>An error as the API writes it.</summary>
internal sealed record ErrorBody(string? Error, string? ErrorCode, IReadOnlyDictionary<string, string>? Errors, string? RequestId, ReelLimit? Limit);
