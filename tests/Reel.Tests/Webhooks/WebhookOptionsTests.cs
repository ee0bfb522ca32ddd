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
        var intake = new WebhookIntake(Microsoft.Extensions.Options.Options.Create(Options()));

        Assert.Same(DeliverySchedule.Default, intake.Schedule);
        Assert.False(intake.CanSign);
        Assert.False(intake.TryAccept("https://example.com/hook", out _, out var error));
        Assert.Contains("Webhooks__Secret", error, StringComparison.Ordinal);
    }

    [Fact]
    public void With_a_secret_a_url_is_accepted_in_its_canonical_spelling()
    {
        var intake = new WebhookIntake(Microsoft.Extensions.Options.Options.Create(Options(("Webhooks:Secret", Secret))));

        Assert.True(intake.TryAccept(" HTTPS://Example.COM:443/hook me?a=b ", out var accepted, out _));
        Assert.Equal("https://example.com/hook%20me?a=b", accepted);
        Assert.False(intake.TryAccept("https://localhost/hook", out accepted, out var error));
        Assert.Null(accepted);
        Assert.StartsWith("must not point to", error, StringComparison.Ordinal);
    }

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
