using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Reel.Webhooks;

namespace Reel.Tests.Webhooks;

// The two receivers in C# of README, letter by letter; ReadmeReceiverTests sees to that.
#pragma warning disable CA1305 // what is parsed is digits, and the shorter text is easier to read
internal static class ReadmeReceiver
{
    public static void Map(WebApplication app, WebhookVerifier verifier)
    {
        app.MapPost("/hook", async (HttpRequest request) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            return verifier.Verify(request.Headers, body.ToArray()) == WebhookVerdict.Valid ? Results.NoContent() : Results.Unauthorized(); // new WebhookVerifier("whsec_…")
        });
    }

    public static bool VerifyAlone(string secret, IHeaderDictionary headers, byte[] body)
    {
        return Verify(secret, headers, body);

        static bool Verify(string secret, IHeaderDictionary headers, byte[] body)
        {
            var (id, timestamp) = (headers["webhook-id"].ToString(), headers["webhook-timestamp"].ToString());
            if (!uint.TryParse(timestamp, out var sent) || Math.Abs(DateTimeOffset.UtcNow.ToUnixTimeSeconds() - sent) > 300) return false;
            byte[] content = [.. Encoding.UTF8.GetBytes($"{id}.{timestamp}."), .. body];
            var signature = Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(secret["whsec_".Length..]), content));
            return headers["webhook-signature"].ToString().Split(' ')
                .Any(given => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes($"v1,{signature}")));
        }
    }
}
