using System.IO.Pipelines;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Reel.Api;

/// <summary>Reads a JSON body with a limit of our own: behind the Functions host the server's own limit breaks the connection instead of answering.</summary>
internal static class RequestBody
{
    /// <summary>The largest body, in bytes.</summary>
    public const int MaxBytes = 1024 * 1024;

    private const int RoomAtFirst = 64 * 1024;

    // A server's own limit is an average: who has sent a mebibyte at once may then be silent for an hour. A batch of 4 MiB comes in time over 560 kbit/s.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 32 };

    /// <summary>The body as a JSON object.</summary>
    /// <exception cref="ApiException">406 for another content type, 413 for more than the limit, 400 for what is no JSON object.</exception>
    public static async Task<JsonElement> ReadObjectAsync(HttpRequest request)
    {
        if (!request.HasJsonContentType()) throw new ApiException(406, new ApiError("Invalid content type", "invalid_content_type"));

        return ParseObject(await ReadAsync(request, MaxBytes), "The body must be a JSON object with the model's parameters");
    }

    /// <summary>Bytes as a JSON object.</summary>
    /// <exception cref="ApiException">400 for what is none.</exception>
    public static JsonElement ParseObject(ReadOnlyMemory<byte> bytes, string rule)
    {
        JsonElement root;
        try
        {
            using var document = JsonDocument.Parse(bytes, Options);
            root = document.RootElement.Clone();
        }
        catch (JsonException exception)
        {
            throw new ApiException(400, new ApiError($"The body is not valid JSON, near line {exception.LineNumber + 1}", "invalid_json"));
        }

        return root.ValueKind == JsonValueKind.Object
            ? root
            : throw new ApiException(400, new ApiError(rule, "invalid_json"));
    }

    /// <summary>JSON, or null for what is none.</summary>
    public static JsonElement? TryParse(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes, Options);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The body's bytes.</summary>
    /// <exception cref="ApiException">
    /// 413 for more than the limit, 408 for one that does not come in time, 400 for one that cannot be read, such as one in broken chunks.
    /// </exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpRequest request, int most)
    {
        if (request.ContentLength > most) throw TooLarge(most);

        // What is announced need not come: there is room for what has come.
        var buffer = new MemoryStream((int)Math.Min(request.ContentLength ?? 4096, RoomAtFirst));
        var body = request.BodyReader;
        using var patience = new CancellationTokenSource(Patience, request.HttpContext.RequestServices.GetRequiredService<TimeProvider>());

        // A read that is broken off by a token leaves Kestrel's reader in the middle of it.
        using var end = patience.Token.Register(body.CancelPendingRead);
        ReadResult read;
        do
        {
            read = await ReadAsync(body, request.HttpContext.RequestAborted);
            foreach (var part in read.Buffer.Slice(0, Math.Min(read.Buffer.Length, most + 1 - buffer.Length))) buffer.Write(part.Span);
            body.AdvanceTo(read.Buffer.End);
            if (buffer.Length > most) throw TooLarge(most);
            if (read.IsCanceled) throw new ApiException(408, new ApiError($"The body did not come within {Patience.TotalSeconds} seconds", "request_timeout"));
        }
        while (!read.IsCompleted);

        return buffer.GetBuffer().AsMemory(0, (int)buffer.Length);
    }

    private static async Task<ReadResult> ReadAsync(PipeReader body, CancellationToken cancellationToken)
    {
        try
        {
            return await body.ReadAsync(cancellationToken);
        }
        catch (IOException exception) when (exception is not BadHttpRequestException)
        {
            // Kestrel says so of a chunk of more bytes than there are numbers, and of a caller who has gone.
            throw new ApiException(400, new ApiError("The body could not be read to its end", "invalid_request"));
        }
    }

    private static ApiException TooLarge(int most) => new(413, new ApiError($"The body is larger than {most} bytes", "body_too_large"));
}
