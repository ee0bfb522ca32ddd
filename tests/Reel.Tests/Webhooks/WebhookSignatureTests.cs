using System.Text;
using Microsoft.AspNetCore.Http;
using Reel.Webhooks;

namespace Reel.Tests.Webhooks;

public sealed class WebhookSignatureTests
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private const string Other = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX";
    private const string Id = "evt_1";
    private static readonly DateTimeOffset Now = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly byte[] Body = Encoding.UTF8.GetBytes("""{"type":"video.completed"}""");

    /// <summary>
    /// Secret, id, timestamp, body, signature. Computed with the reference library for JavaScript (standardwebhooks 1.1.1 from npm) and,
    /// to the same result, with Node's crypto. The first is the example that is found in the documentation of several senders.
    /// </summary>
    public static TheoryData<string, string, long, string, string> Vectors => new()
    {
        { Secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, """{"test": 2432232314}""", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" },
        {
            Secret, "evt_019a_video_completed", 1793534400,
            """{"type":"video.completed","timestamp":"2026-11-01T12:00:00.000Z","data":{"prompt":"ein Café, 一只猫"}}""",
            "v1,bjVHx0TZ5wo1cewEveJU6C4A/TZ2ahNc212J7a5JCoo="
        },
        {
            "whsec_+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+w==",
            "evt_1", 4102444800, "", "v1,LA6YSenBifI626gD9JwE/j5Cx66YQXDVv6OhrAZiJzs="
        },
        { Other, "evt_2", 0, "{}", "v1,7qDh01+Dw1nlm1jVutKhHlV/p4ldRkzZPTJswqbFYVU=" },
    };

    [Theory]
    [MemberData(nameof(Vectors))]
    public void A_signature_is_what_the_reference_library_makes(string secret, string id, long timestamp, string body, string signature)
    {
        var at = DateTimeOffset.FromUnixTimeSeconds(timestamp);

        Assert.Equal(signature, Sign(secret, id, at, Encoding.UTF8.GetBytes(body)));
        Assert.Equal(
            WebhookVerdict.Valid,
            new WebhookVerifier(secret, new FixedTime(at)).Verify(id, $"{timestamp}", signature, Encoding.UTF8.GetBytes(body)));
    }

    [Fact]
    public void Several_secrets_make_several_signatures_in_their_order()
    {
        var both = Sign($"{Secret}  {Other}", Id, Now, Body);

        Assert.Equal($"{Sign(Secret, Id, Now, Body)} {Sign(Other, Id, Now, Body)}", both);
    }

    [Fact]
    public void Keys_of_both_kinds_sign_side_by_side_and_a_receiver_needs_one_of_them()
    {
        var both = Sign($"{Secret} {Parcels.PrivateKey}", Id, Now, Body);

        Assert.Equal(["v1", "v1a"], both.Split(' ').Select(signature => signature.Split(',')[0]));
        Assert.Equal(WebhookVerdict.Valid, Verify(Secret, both));
        Assert.Equal(WebhookVerdict.Valid, Verify(Parcels.PublicKey, both));
        Assert.Equal(WebhookVerdict.Valid, Verify($"{Other} {Parcels.PublicKey}", both));
        Assert.Equal(WebhookVerdict.SignatureInvalid, Verify(Parcels.PublicKey, Sign(Secret, Id, Now, Body)));
        Assert.Equal(WebhookVerdict.SignatureInvalid, Verify(Secret, Sign(Parcels.PrivateKey, Id, Now, Body)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("whsec_")]
    [InlineData("whpk_AAECAwQFBgcICQoLDA0ODxAREhMUFRY=")]
    [InlineData(Parcels.PrivateKey)]
    [InlineData(Secret + " " + Parcels.PrivateKey)]
    public void A_receiver_with_a_key_that_is_not_a_receivers_is_told_without_showing_it(string keys)
    {
        var error = Assert.Throws<FormatException>(() => new WebhookVerifier(keys));

        Assert.DoesNotContain("AAECAwQF", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("MfKQ9r8G", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_more_signatures_are_looked_at_than_a_sender_has_secrets()
    {
        var signature = Sign(Parcels.PrivateKey, Id, Now, Body);
        var noise = string.Join(' ', Enumerable.Repeat("v1a," + Convert.ToBase64String(new byte[64]), 31));

        Assert.Equal(WebhookVerdict.Valid, Verify(Parcels.PublicKey, $"{noise} {signature}"));
        Assert.Equal(WebhookVerdict.SignatureInvalid, Verify(Parcels.PublicKey, $"{noise} v1a,AAAA {signature}"));
    }

    [Fact]
    public void While_a_secret_is_exchanged_a_receiver_may_hold_the_old_one_the_new_one_or_both()
    {
        var signedWithBoth = Sign($"{Other} {Secret}", Id, Now, Body);

        Assert.Equal(WebhookVerdict.Valid, Verify(Secret, signedWithBoth));
        Assert.Equal(WebhookVerdict.Valid, Verify(Other, signedWithBoth));
        Assert.Equal(WebhookVerdict.Valid, Verify($"{Other} {Secret}", Sign(Secret, Id, Now, Body)));
    }

    [Fact]
    public void Anything_changed_is_seen()
    {
        var signature = Sign(Secret, Id, Now, Body);
        var verifier = new WebhookVerifier(Secret, new FixedTime(Now));
        var now = Now.ToUnixTimeSeconds();

        Assert.Equal(WebhookVerdict.SignatureInvalid, verifier.Verify("evt_2", $"{now}", signature, Body));
        Assert.Equal(WebhookVerdict.SignatureInvalid, verifier.Verify(Id, $"{now + 1}", signature, Body));
        Assert.Equal(WebhookVerdict.SignatureInvalid, verifier.Verify(Id, $"{now}", signature, [.. Body, (byte)' ']));
        Assert.Equal(WebhookVerdict.SignatureInvalid, Verify(Other, signature));
    }

    [Theory]
    [InlineData(0, WebhookVerdict.Valid)]
    [InlineData(-300, WebhookVerdict.Valid)]
    [InlineData(300, WebhookVerdict.Valid)]
    [InlineData(-301, WebhookVerdict.TooOld)]
    [InlineData(301, WebhookVerdict.TooNew)]
    public void A_timestamp_holds_for_five_minutes_either_way(int secondsFromNow, WebhookVerdict expected)
    {
        var sent = Now.AddSeconds(secondsFromNow);

        var verdict = new WebhookVerifier(Secret, new FixedTime(Now)).Verify(
            Id, $"{sent.ToUnixTimeSeconds()}", Sign(Secret, Id, sent, Body), Body);

        Assert.Equal(expected, verdict);
    }

    [Theory]
    [InlineData("")]
    [InlineData("v1,")]
    [InlineData("v1,not base64")]
    [InlineData("v1,AAAA")]
    [InlineData("v2,bjVHx0TZ5wo1cewEveJU6C4A/TZ2ahNc212J7a5JCoo=")]
    [InlineData("v1a,bjVHx0TZ5wo1cewEveJU6C4A/TZ2ahNc212J7a5JCoo=")]
    [InlineData("g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")]
    public void What_is_no_signature_is_not_valid_and_does_not_spoil_one_beside_it(string noise)
    {
        Assert.NotEqual(WebhookVerdict.Valid, Verify(Secret, noise));
        Assert.Equal(WebhookVerdict.Valid, Verify(Secret, $"{noise} {Sign(Secret, Id, Now, Body)}"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("soon")]
    [InlineData("-1")]
    [InlineData("1e9")]
    [InlineData("99999999999999999999")]
    public void A_timestamp_that_is_no_number_of_seconds_is_not_valid(string timestamp)
    {
        var verdict = new WebhookVerifier(Secret, new FixedTime(Now)).Verify(Id, timestamp, Sign(Secret, Id, Now, Body), Body);

        Assert.Equal(timestamp.Length == 0 ? WebhookVerdict.HeaderMissing : WebhookVerdict.TimestampInvalid, verdict);
    }

    [Theory]
    [InlineData(WebhookHeaders.Id)]
    [InlineData(WebhookHeaders.Timestamp)]
    [InlineData(WebhookHeaders.Signature)]
    public void Each_header_is_needed(string header)
    {
        var headers = new HeaderDictionary
        {
            [WebhookHeaders.Id] = Id,
            [WebhookHeaders.Timestamp] = $"{Now.ToUnixTimeSeconds()}",
            [WebhookHeaders.Signature] = Sign(Secret, Id, Now, Body),
        };
        var verifier = new WebhookVerifier(Secret, new FixedTime(Now));

        Assert.Equal(WebhookVerdict.Valid, verifier.Verify(headers, Body));
        headers.Remove(header);
        Assert.Equal(WebhookVerdict.HeaderMissing, verifier.Verify(headers, Body));
    }

    private static string Sign(string secrets, string id, DateTimeOffset at, byte[] body) =>
        new WebhookSigner(WebhookSecrets.Parse(secrets)).Sign(id, at, body);

    private static WebhookVerdict Verify(string secrets, string signatures) =>
        new WebhookVerifier(secrets, new FixedTime(Now)).Verify(Id, $"{Now.ToUnixTimeSeconds()}", signatures, Body);
}
