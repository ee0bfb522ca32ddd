using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Reel.Webhooks;

namespace Reel.Tests.Webhooks;

public sealed class WebhookOptionsTests
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    [Theory]
    [InlineData("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "begin with whsec_")]
    [InlineData("whsk_AAECAwQFBgcICQoLDA0ODxAREhMUFRY=", "has 23 bytes")]
    [InlineData("whsk_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8AAQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHw==", "public half")]
    [InlineData("whpk_A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=", "public key")]
    [InlineData("whsec_", "has 0 bytes")]
    [InlineData("whsec_not*base64", "is not base64")]
    [InlineData("whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRY=", "has 23 bytes")]
    [InlineData(Secret + " WHSEC_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "secret 2 of 2")]
    public void A_wrong_secret_stops_the_start_by_name_and_is_not_shown(string secret, string expected)
    {
        var message = Assert.Throws<OptionsValidationException>(() => Options(("Webhooks:Secret", secret))).Message;

        Assert.Contains("Webhooks__Secret", message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.DoesNotContain("MfKQ9r8G", message, StringComparison.Ordinal);
        Assert.DoesNotContain("AAECAwQF", message, StringComparison.Ordinal);
        Assert.DoesNotContain("not*base64", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Webhooks:Keys:desk:Secret", "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRY=", "Webhooks__Keys__desk__Secret must be")]
    [InlineData("Webhooks:Keys:desk:Url", "http://example.com/hook", "Webhooks__Keys__desk__Url must be https")]
    [InlineData("Webhooks:Keys:desk:Url", "https://127.0.0.1/hook", "Webhooks__Keys__desk__Url must not point to a loopback address")]
    [InlineData("Webhooks:Keys:desk:Url", "https://user:word@example.com/hook", "Webhooks__Keys__desk__Url must not hold credentials")]
    [InlineData("Webhooks:Keys:desk:Url", "https://example.com/hook", "Webhooks__Keys__desk__Url needs a secret")]
    [InlineData("Webhooks:Keys:desk:Uri", "https://example.com/hook", "Webhooks__Keys__desk__Uri is no setting")]
    [InlineData("Webhooks:AllowedPorts", "9443 port", "Webhooks__AllowedPorts")]
    [InlineData("Webhooks:AllowedPorts", "0", "Webhooks__AllowedPorts")]
    [InlineData("Webhooks:AllowedPorts", "65536", "Webhooks__AllowedPorts")]
    public void What_is_wrong_with_one_callers_webhooks_stops_the_start_by_name(string key, string value, string expected)
    {
        var message = Assert.Throws<OptionsValidationException>(() => Options((key, value))).Message;

        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.DoesNotContain("AAECAwQF", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_caller_has_its_own_secret_and_endpoint_and_the_others_have_the_common_ones()
    {
        var intake = Intake(
            ("Webhooks:Secret", $"{Parcels.Other} {Parcels.PrivateKey}"),
            ("Webhooks:Keys:shop:Secret", Parcels.Secret),
            ("Webhooks:Keys:shop:Url", "https://Shop.example:443/hook"));

        Assert.Equal("https://shop.example/hook", intake.EndpointOf("shop", null));
        Assert.Equal("https://other.example/", intake.EndpointOf("shop", "https://other.example/"));
        Assert.Null(intake.EndpointOf("shop", ""));
        Assert.Null(intake.EndpointOf("desk", null));
        Assert.Empty(intake.PublicKeysOf("shop"));
        Assert.Equal([Parcels.PublicKey], intake.PublicKeysOf("desk"));
    }

    [Fact]
    public void A_secret_of_its_own_is_enough_to_name_a_webhook()
    {
        var intake = Intake(("Webhooks:Keys:shop:Secret", Parcels.Secret));

        Assert.True(intake.TryAccept("shop", "https://example.com/hook", out _, out _));
        Assert.False(intake.TryAccept("desk", "https://example.com/hook", out _, out _));
    }

    [Fact]
    public void A_private_key_may_bring_its_public_half()
    {
        var both = Convert.ToBase64String([.. Convert.FromBase64String(Parcels.PrivateKey[5..]), .. Convert.FromBase64String(Parcels.PublicKey[5..])]);

        Assert.Equal([Parcels.PublicKey], WebhookSecrets.Parse($"whsk_{both}").PublicKeys);
    }

    [Theory]
    [InlineData(null, 9443, false)]
    [InlineData("9443", 9443, true)]
    [InlineData("10443, 9443", 9443, true)]
    [InlineData("9443", 443, true)]
    [InlineData("9443", 8443, true)]
    [InlineData("9443", 22, false)]
    public void Other_ports_are_allowed_one_by_one(string? allowed, int port, bool accepted)
    {
        var intake = Intake(("Webhooks:Secret", Secret), ("Webhooks:AllowedPorts", allowed ?? ""));

        Assert.Equal(accepted, intake.TryAccept("desk", $"https://example.com:{port}/hook", out _, out var error));
        if (!accepted) Assert.StartsWith("must use port 443", error, StringComparison.Ordinal);
        Assert.False(intake.TryAccept("desk", $"https://127.0.0.1:{port}/hook", out _, out _));
    }

    [Fact]
    public void A_key_of_65_bytes_is_too_long_and_one_of_64_is_not()
    {
        Assert.True(WebhookSecrets.TryParse("whsec_" + Convert.ToBase64String(new byte[64]), out _, out _));
        Assert.False(WebhookSecrets.TryParse("whsec_" + Convert.ToBase64String(new byte[65]), out _, out _));
    }

    [Theory]
    [InlineData("Webhooks:Timeout", "00:00:00", "Webhooks__Timeout")]
    [InlineData("Webhooks:Timeout", "00:01:01", "Webhooks__Timeout")]
    [InlineData("Webhooks:PauseAfter", "00:00:59", "Webhooks__PauseAfter")]
    [InlineData("Webhooks:PauseAfter", "61.00:00:00", "Webhooks__PauseAfter")]
    [InlineData("Webhooks:Schedule:0", "-00:00:01", "Webhooks__Schedule")]
    [InlineData("Webhooks:Schedule:0", "8.00:00:00", "Webhooks__Schedule")]
    public void A_wrong_setting_stops_the_start_by_name(string key, string value, string name)
    {
        var message = Assert.Throws<OptionsValidationException>(() => Options((key, value))).Message;

        Assert.Contains(name, message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_schedule_in_the_settings_takes_the_place_of_the_default()
    {
        var options = Options(("Webhooks:Schedule:0", "00:00:00"), ("Webhooks:Schedule:1", "00:00:02"));

        Assert.Equal([TimeSpan.Zero, TimeSpan.FromSeconds(2)], new WebhookIntake(Microsoft.Extensions.Options.Options.Create(options)).Schedule);
    }

    [Fact]
    public void Without_settings_the_schedule_is_the_default_and_nothing_can_be_signed()
    {
        var intake = Intake();

        Assert.Same(DeliverySchedule.Default, intake.Schedule);
        Assert.False(intake.CanSign("desk"));
        Assert.False(intake.TryAccept("desk", "https://example.com/hook", out _, out var error));
        Assert.Contains("Webhooks__Secret", error, StringComparison.Ordinal);
    }

    [Fact]
    public void With_a_secret_a_url_is_accepted_in_its_canonical_spelling()
    {
        var intake = Intake(("Webhooks:Secret", Secret));

        Assert.True(intake.TryAccept("desk", " HTTPS://Example.COM:443/hook me?a=b ", out var accepted, out _));
        Assert.Equal("https://example.com/hook%20me?a=b", accepted);
        Assert.False(intake.TryAccept("desk", "https://localhost/hook", out accepted, out var error));
        Assert.Null(accepted);
        Assert.StartsWith("must not point to", error, StringComparison.Ordinal);
    }

    private static WebhookIntake Intake(params (string Key, string Value)[] settings) => new(Microsoft.Extensions.Options.Options.Create(Options(settings)));

    private static WebhookOptions Options(params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)))
            .Build();
        using var services = new ServiceCollection().AddWebhooks(configuration).BuildServiceProvider();
        services.GetRequiredService<IStartupValidator>().Validate();
        return services.GetRequiredService<IOptions<WebhookOptions>>().Value;
    }
}
