using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using Microsoft.Extensions.Options;

namespace Reel.Webhooks;

/// <summary>
/// Makes one attempt: signs, posts, and reads no more of the answer than is worth keeping. Follows no redirect, uses no proxy, keeps no
/// cookie, and connects only where <see cref="DestinationGuard"/> lets it. Every end is a value; it throws only when cancelled.
/// </summary>
public sealed class WebhookSender : IDisposable
{
    private const int MostAnswerBytes = 4096;

    private readonly WebhookOptions options;
    private readonly CallerSecrets secrets;
    private readonly TimeProvider time;
    private readonly HttpClient http;

    public WebhookSender(IOptions<WebhookOptions> options, TimeProvider time)
        : this(options.Value, time, new DestinationGuard(options.Value.AllowPrivateNetworks))
    {
    }

    internal WebhookSender(WebhookOptions options, TimeProvider time, DestinationGuard guard)
    {
        this.options = options;
        this.time = time;
        secrets = new CallerSecrets(options);
        http = CreateClient(guard, options.Timeout);
    }

    /// <summary>Posts a body to a URL under the event's id. The signature carries the time of this attempt.</summary>
    /// <param name="callerId">Whose secrets sign; null for the common ones.</param>
    /// <param name="isOwn">Only the caller's own secrets will do.</param>
    public async Task<AttemptOutcome> SendAsync(
        string url, string eventId, byte[] body, CancellationToken cancellationToken, string? callerId = null, bool isOwn = false)
    {
        var at = time.GetUtcNow();
        var began = time.GetTimestamp();
        var outcome = await AttemptAsync(url, eventId, at, body, callerId, isOwn, cancellationToken);
        return outcome with { DurationMs = (int)time.GetElapsedTime(began).TotalMilliseconds };
    }

    public void Dispose() => http.Dispose();

    private async Task<AttemptOutcome> AttemptAsync(
        string url, string eventId, DateTimeOffset at, byte[] body, string? callerId, bool isOwn, CancellationToken cancellationToken)
    {
        // Checked again, since the settings may have become stricter since the request was accepted.
        if (!WebhookUrl.TryParse(url, options.AllowPrivateNetworks, out var destination, out var fault, options.MorePorts))
            return new AttemptOutcome(AttemptVerdict.Blocked, at, Error: $"the URL {fault}", IsOurs: true);
        if (secrets.Of(callerId, isOwn) is not { } keys)
        {
            var setting = isOwn ? $"Webhooks__Keys__{callerId}__Secret" : "Webhooks__Secret";
            return new AttemptOutcome(AttemptVerdict.Failed, at, Error: $"nothing to sign with: the setting {setting} is unset", IsOurs: true);
        }

        using var timeout = new CancellationTokenSource(options.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        using var request = CreateRequest(destination, eventId, at, body, new WebhookSigner(keys));
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            var answer = await ReadAnswerAsync(response, either.Token);
            return Describe(response, at, answer);
        }
        catch (Exception e) when (Refusal(e) is { } refusal)
        {
            return new AttemptOutcome(AttemptVerdict.Blocked, at, Error: refusal.Message);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var error = timeout.IsCancellationRequested
                ? string.Create(CultureInfo.InvariantCulture, $"no answer within {options.Timeout.TotalSeconds:0.###} s")
                : ErrorOf(e);
            return new AttemptOutcome(AttemptVerdict.Failed, at, Error: error);
        }
    }

    private static HttpRequestMessage CreateRequest(Uri destination, string eventId, DateTimeOffset at, byte[] body, WebhookSigner signer)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, destination) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add(WebhookHeaders.Id, eventId);
        request.Headers.Add(WebhookHeaders.Timestamp, at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        request.Headers.Add(WebhookHeaders.Signature, signer.Sign(eventId, at, body));
        return request;
    }

    // The status is the answer: a body that breaks off or never ends does not make a delivered event an undelivered one.
    private static async Task<string?> ReadAnswerAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var buffer = new byte[MostAnswerBytes];
        var length = 0;
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            while (length < buffer.Length)
            {
                var read = await body.ReadAsync(buffer.AsMemory(length), cancellationToken);
                if (read == 0) break;
                length += read;
            }
        }
        catch (Exception e) when (e is IOException or HttpRequestException or OperationCanceledException)
        {
        }

        return PrintableText.From(buffer.AsSpan(0, length));
    }

    private AttemptOutcome Describe(HttpResponseMessage response, DateTimeOffset at, string? answer) => new(
        response.IsSuccessStatusCode ? AttemptVerdict.Delivered : AttemptVerdict.Rejected,
        at,
        Status: (int)response.StatusCode,
        Answer: answer,
        RetryAfter: RetryAfter(response),
        AbortRequested: response.Headers.TryGetValues(WebhookHeaders.Delivery, out var values)
            && values.Any(value => value.Trim().Equals(WebhookHeaders.AbortMessage, StringComparison.OrdinalIgnoreCase)));

    private TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        if (response.StatusCode is not (HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable)) return null;

        var asked = response.Headers.RetryAfter;
        var wait = asked?.Delta ?? asked?.Date - time.GetUtcNow();
        return wait > TimeSpan.Zero ? wait : null;
    }

    private static DestinationRefusedException? Refusal(Exception? e)
    {
        for (; e is not null; e = e.InnerException)
        {
            if (e is DestinationRefusedException refusal) return refusal;
        }

        return null;
    }

    // In words of our own: the messages of exceptions may name more than a caller should read.
    private static string ErrorOf(Exception e) => e.GetBaseException() switch
    {
        AuthenticationException => "the TLS handshake failed; is the certificate valid, complete and for this host?",
        SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain } =>
            "the host name was not resolved",
        SocketException socket => $"no connection: {socket.SocketErrorCode}",
        OperationCanceledException => "the connection timed out",
        _ when e is HttpRequestException { HttpRequestError: var kind and not HttpRequestError.Unknown } =>
            $"the exchange broke off: {kind}",
        _ => "the exchange broke off",
    };

    internal static SocketsHttpHandler CreateHandler(DestinationGuard guard, TimeSpan timeout) => new()
    {
        ConnectCallback = guard.ConnectAsync,
        // The attempt's own limit comes first and says what it is; this one ends a connecting that goes on without it.
        ConnectTimeout = timeout + TimeSpan.FromSeconds(1),
        UseProxy = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        ActivityHeadersPropagator = null,
        MaxResponseHeadersLength = 16,
        MaxResponseDrainSize = 0,
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(20),
    };

    [SuppressMessage("Reliability", "CA2000", Justification = "The client owns the handler.")]
    private static HttpClient CreateClient(DestinationGuard guard, TimeSpan timeout)
    {
        var client = new HttpClient(CreateHandler(guard, timeout)) { Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.UserAgent.ParseAdd("Reel/1");
        return client;
    }
}
