using System.Net;
using System.Runtime.ExceptionServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Reel.Client;

/// <summary>Sends calls, repeats those that may be, and turns what comes back into documents and errors.</summary>
internal sealed class Connection(HttpClient http, ReelClientOptions options, TimeProvider time)
{
    public TimeProvider Time => time;

    public Patience NewPatience() => new(options.Patience, time);

    /// <summary>Waits before the next attempt, or throws what it is given when patience is over.</summary>
    public async Task WaitAsync(Patience patience, ReelException because, CancellationToken cancellationToken)
    {
        if (patience.Next(because.RetryAfter) is not { } wait)
        {
            ExceptionDispatchInfo.Throw(because);
            return;
        }

        options.Waiting?.Invoke(because, wait);
        await Task.Delay(wait, time, cancellationToken);
    }

    /// <summary>GETs a document.</summary>
    /// <param name="wait">How long the server is asked to wait before it answers.</param>
    public Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken, TimeSpan wait = default)
        where T : ReelDocument => SendAsync(new Call(HttpMethod.Get, path) { MayRepeat = true, Wait = wait }, type, cancellationToken);

    /// <summary>Sends a call and reads the document that it is answered with.</summary>
    public async Task<T> SendAsync<T>(Call call, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : ReelDocument => Read(await SendAsync(call, cancellationToken), type);

    /// <summary>Sends a call; undefined where the answer has no body.</summary>
    public async Task<JsonElement> SendAsync(Call call, CancellationToken cancellationToken)
    {
        var patience = NewPatience();
        while (true)
        {
            try
            {
                return await SendOnceAsync(call, cancellationToken);
            }
            catch (ReelException exception) when (call.MayRepeat && exception.IsTransient)
            {
                await WaitAsync(patience, exception, cancellationToken);
            }
        }
    }

    /// <summary>Sends a call once and leaves its body to be read as it comes; errors are thrown.</summary>
    public async Task<HttpResponseMessage> OpenAsync(Call call, CancellationToken cancellationToken)
    {
        using var limit = Limit(call, cancellationToken);
        var response = await SendMessageAsync(call, limit.Token, cancellationToken);
        if (response.IsSuccessStatusCode) return response;
        using (response) throw ErrorAnswer.Read(response, await ReadBodyAsync(response, limit.Token, cancellationToken), time);
    }

    /// <summary>A document out of JSON, which it keeps.</summary>
    public static T Read<T>(JsonElement json, JsonTypeInfo<T> type)
        where T : ReelDocument
    {
        try
        {
            if (json.ValueKind == JsonValueKind.Object && json.Deserialize(type) is { IsProper: true } document)
            {
                document.Json = json;
                return document;
            }
        }
        catch (JsonException)
        {
            // Told below.
        }

        throw new ReelException("The server answered with something else than Reel's API does", 200, ReelException.NotReel);
    }

    private async Task<JsonElement> SendOnceAsync(Call call, CancellationToken cancellationToken)
    {
        using var limit = Limit(call, cancellationToken);
        using var response = await SendMessageAsync(call, limit.Token, cancellationToken);
        var body = await ReadBodyAsync(response, limit.Token, cancellationToken);
        if (response.StatusCode == HttpStatusCode.NoContent) return default;

        // A request that FAILED is answered with 422, and is an answer all the same.
        var json = ErrorAnswer.TryParse(body);
        if (response.IsSuccessStatusCode ? json is not null : json is { } failed && IsRequest(failed)) return json!.Value;
        if (response.IsSuccessStatusCode)
            throw new ReelException($"{options.Url} answered with what is no JSON: is it Reel's API?", (int)response.StatusCode, ReelException.NotReel);

        throw ErrorAnswer.Read(response, body, time);
    }

    private async Task<HttpResponseMessage> SendMessageAsync(Call call, CancellationToken limited, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(call.Method, new Uri(options.Url, call.Path)) { Content = call.Content?.Invoke() };
        if (options.ApiKey is { } key) message.Headers.TryAddWithoutValidation("x-api-key", key);
        foreach (var (name, value) in call.Headers) message.Headers.TryAddWithoutValidation(name, value);
        try
        {
            return await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, limited);
        }
        catch (Exception exception) when (IsBroken(exception) && !cancellationToken.IsCancellationRequested)
        {
            throw Broken(exception);
        }
    }

    private async Task<byte[]> ReadBodyAsync(HttpResponseMessage response, CancellationToken limited, CancellationToken cancellationToken)
    {
        try
        {
            return await response.Content.ReadAsByteArrayAsync(limited);
        }
        catch (Exception exception) when (IsBroken(exception) && !cancellationToken.IsCancellationRequested)
        {
            throw Broken(exception);
        }
    }

    /// <summary>The error for a connection that could not be made, broke or fell silent.</summary>
    public ReelException Broken(Exception exception) => new(
        exception is OperationCanceledException
            ? $"{options.Url} does not answer in time"
            : $"{options.Url} cannot be reached: {(exception.InnerException ?? exception).Message.TrimEnd('.')}",
        0,
        ReelException.Unreachable,
        exception);

    /// <summary>Whether this is what a connection's end looks like.</summary>
    public static bool IsBroken(Exception exception) => exception is HttpRequestException or IOException or OperationCanceledException;

    private CancellationTokenSource Limit(Call call, CancellationToken cancellationToken)
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.Timeout + call.Wait);
        return limit;
    }

    private static bool IsRequest(JsonElement json) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty("status", out _) && json.TryGetProperty("request_id", out _);
}

/// <summary>A call to be made.</summary>
/// <param name="Path">Without a slash in front.</param>
internal sealed record Call(HttpMethod Method, string Path)
{
    /// <summary>Made anew for every attempt.</summary>
    public Func<HttpContent>? Content { get; init; }

    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary>Whether sending it twice does no more than sending it once.</summary>
    public bool MayRepeat { get; init; }

    /// <summary>How much longer than usual the answer may take.</summary>
    public TimeSpan Wait { get; init; }
}
