using System.Net;
using System.Text;
using Reel.Client;

namespace Reel.Cli.Tests.Client;

/// <summary>A call as the client made it.</summary>
internal sealed record Call(string Method, string Path, IReadOnlyDictionary<string, string> Headers, string Body);

/// <summary>Answers calls in their order as a script says, and keeps them.</summary>
internal sealed class FakeServer(params Func<Call, HttpResponseMessage>[] script) : HttpMessageHandler
{
    private readonly Queue<Func<Call, HttpResponseMessage>> answers = new(script);

    public List<Call> Calls { get; } = [];

    /// <summary>A client that talks to it.</summary>
    public ReelClient Connect(double patienceSeconds = 30) =>
        new(new ReelClientOptions(new Uri("http://reel.test/base"), "key") { Patience = TimeSpan.FromSeconds(patienceSeconds) }, this);

    /// <summary>An answer in JSON.</summary>
    public static Func<Call, HttpResponseMessage> Json(int status, string json, params (string Name, string Value)[] headers) => _ =>
    {
        var answer = new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        foreach (var (name, value) in headers) answer.Headers.TryAddWithoutValidation(name, value);
        return answer;
    };

    /// <summary>Events.</summary>
    public static Func<Call, HttpResponseMessage> Events(string text) => _ =>
        new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(text, Encoding.UTF8, "text/event-stream") };

    /// <summary>Bytes.</summary>
    public static Func<Call, HttpResponseMessage> Bytes(int status, byte[] bytes, string? range = null, bool breaks = false) => _ =>
    {
        var answer = new HttpResponseMessage((HttpStatusCode)status) { Content = new StreamContent(new BreakingStream(bytes, breaks)) };
        if (range is not null) answer.Content.Headers.TryAddWithoutValidation("Content-Range", range);
        return answer;
    };

    /// <summary>Nobody is there.</summary>
    public static HttpResponseMessage Refuse(Call call) => throw new HttpRequestException(HttpRequestError.ConnectionError, $"nobody answers {call.Path}");

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var call = new Call(
            request.Method.Method,
            request.RequestUri!.PathAndQuery,
            request.Headers.ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase),
            request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken));
        Calls.Add(call);
        var answer = answers.Count > 0 ? answers.Dequeue()(call) : throw new InvalidOperationException($"No answer is left for {call.Method} {call.Path}.");
        answer.RequestMessage = request;
        return answer;
    }

    /// <summary>Some bytes, and then, if it is to, a broken connection.</summary>
    private sealed class BreakingStream(byte[] bytes, bool breaks) : MemoryStream(bytes)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            await base.ReadAsync(buffer, cancellationToken) is > 0 and var read ? read : breaks ? throw new IOException("broken") : 0;
    }
}
