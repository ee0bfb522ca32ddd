using System.Globalization;
using System.Net;
using System.Text;
using System.Xml.Linq;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using Azure.Storage.Blobs;
using Reel.Storage;

namespace Reel.Tests.Storage;

/// <summary>An account's blob service, as far as it hands out user delegation keys: https://learn.microsoft.com/rest/api/storageservices/get-user-delegation-key</summary>
internal sealed class KeyService : HttpMessageHandler
{
    public const string Account = "someone", ObjectId = "0b7e1c1e-1111-4e57-9b0a-2f5d8c6a0001", TenantId = "6d2c5a7e-2222-4a39-8f3e-7c1b9d4e0002";

    private const string Time = "yyyy-MM-ddTHH:mm:ssZ";

    private readonly Lock gate = new();
    private readonly List<KeyRequest> asked = [];

    /// <summary>The service's answer, in place of the key that was asked for.</summary>
    public Func<KeyRequest, HttpResponseMessage>? Answer { get; set; }

    /// <summary>Waited for before an answer.</summary>
    public Task Open { get; set; } = Task.CompletedTask;

    /// <summary>The keys that were asked for, in order.</summary>
    public IReadOnlyList<KeyRequest> Asked
    {
        get
        {
            lock (gate) return [.. asked];
        }
    }

    public BlobServiceClient Client(TokenCredential? credential = null)
    {
        var options = StorageServices.ClientOptions();
        options.Transport = new HttpClientTransport(this);
        options.Retry.MaxRetries = 0;
        return new BlobServiceClient(new Uri($"https://{Account}.blob.core.windows.net"), credential ?? new FixedToken(), options);
    }

    public static HttpResponseMessage Key(KeyRequest key) => new(HttpStatusCode.OK)
    {
        Content = new StringContent(
            $"""
            <?xml version="1.0" encoding="utf-8"?><UserDelegationKey><SignedOid>{ObjectId}</SignedOid><SignedTid>{TenantId}</SignedTid>
            <SignedStart>{Text(key.Start)}</SignedStart><SignedExpiry>{Text(key.Expiry)}</SignedExpiry><SignedService>b</SignedService>
            <SignedVersion>2023-01-03</SignedVersion><Value>{Convert.ToBase64String(key.Secret)}</Value></UserDelegationKey>
            """,
            Encoding.UTF8,
            "application/xml"),
    };

    public static HttpResponseMessage Refusal(KeyRequest key) => new(HttpStatusCode.Forbidden)
    {
        Headers = { { "x-ms-error-code", "AuthorizationPermissionMismatch" } },
    };

    public static string Text(DateTimeOffset time) => time.UtcDateTime.ToString(Time, CultureInfo.InvariantCulture);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Assert.Equal("POST https://someone.blob.core.windows.net/?restype=service&comp=userdelegationkey", $"{request.Method} {request.RequestUri}");
        Assert.Equal("Bearer a-token", request.Headers.Authorization?.ToString());
        var body = XElement.Parse(await request.Content!.ReadAsStringAsync(cancellationToken));
        var key = new KeyRequest(Read(body.Element("Start")!), Read(body.Element("Expiry")!));
        lock (gate) asked.Add(key);
        await Open;
        return (Answer ?? Key)(key);
    }

    private static DateTimeOffset Read(XElement element) =>
        DateTimeOffset.ParseExact(element.Value, Time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}

/// <summary>A key that was asked for.</summary>
internal sealed record KeyRequest(DateTimeOffset Start, DateTimeOffset Expiry)
{
    /// <summary>The key's bytes: each key has its own.</summary>
    public byte[] Secret => Encoding.UTF8.GetBytes($"a key from {KeyService.Text(Start)}");
}

/// <summary>An identity that has its token already.</summary>
internal sealed class FixedToken : TokenCredential
{
    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        new("a-token", DateTimeOffset.MaxValue);

    public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        new(GetToken(requestContext, cancellationToken));
}

/// <summary>An identity that nobody knows.</summary>
internal sealed class NoToken : TokenCredential
{
    public const string Reason = "There is no identity here.";

    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        throw new CredentialUnavailableException(Reason);

    public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        new(GetToken(requestContext, cancellationToken));
}
