using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Reel.Segmind;

namespace Reel.Tests.Segmind;

public sealed class SegmindOptionsTests
{
    [Theory]
    [InlineData("https://api.segmind.com", "https://api.segmind.com/v2/kling-2.6")]
    [InlineData("https://api.segmind.com/", "https://api.segmind.com/v2/kling-2.6")]
    [InlineData("https://api.segmind.com/v1", "https://api.segmind.com/v2/kling-2.6")]
    [InlineData("https://api.segmind.com/V2//", "https://api.segmind.com/v2/kling-2.6")]
    [InlineData("http://127.0.0.1:7072/v12/", "http://127.0.0.1:7072/v2/kling-2.6")]
    [InlineData("https://gateway.example/segmind/v2", "https://gateway.example/segmind/v2/kling-2.6")]
    [InlineData("https://gateway.example/dev1", "https://gateway.example/dev1/v2/kling-2.6")]
    public void A_version_or_a_slash_at_the_end_of_the_base_url_makes_no_difference(string baseUrl, string submit) =>
        Assert.Equal(submit, SegmindAddress.Parse(baseUrl)!.Submit("kling-2.6").AbsoluteUri);

    [Fact]
    public void A_base_url_that_is_set_to_nothing_is_not_set() => Start(("Segmind:ApiKey", Clients.Key), ("Segmind:BaseUrl", ""));

    [Theory]
    [InlineData("api.segmind.com")]
    [InlineData("/v2")]
    [InlineData("ftp://api.segmind.com")]
    [InlineData("https://user:secret@api.segmind.com")]
    [InlineData("https://api.segmind.com?x=1")]
    [InlineData("https://api.segmind.com#x")]
    public void A_wrong_base_url_stops_the_start_and_is_named_but_not_repeated(string baseUrl)
    {
        var thrown = Assert.Throws<OptionsValidationException>(() => Start(("Segmind:ApiKey", Clients.Key), ("Segmind:BaseUrl", baseUrl)));

        Assert.Contains("Segmind__BaseUrl", thrown.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("SG_0123456789abcdef\n")]
    [InlineData("SG_schlüssel")]
    public void A_wrong_key_stops_the_start_and_is_named_but_not_repeated(string? key)
    {
        var thrown = Assert.Throws<OptionsValidationException>(() => Start(("Segmind:ApiKey", key)));

        Assert.Contains("Segmind__ApiKey", thrown.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("SG_", thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("1001")]
    [InlineData("many")]
    public void A_wrong_number_of_submits_stops_the_start_and_is_named(string number)
    {
        var thrown = Assert.Throws<OptionsValidationException>(() => Start(("Segmind:ApiKey", Clients.Key), ("Segmind:MaxConcurrentSubmits", number)));

        Assert.Contains("Segmind__MaxConcurrentSubmits must be ", thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, 16)]
    [InlineData("", 16)]
    [InlineData("1", 1)]
    [InlineData("1000", 1_000)]
    public void The_number_of_submits_may_be_set(string? number, int expected)
    {
        using var services = Start(("Segmind:ApiKey", Clients.Key), ("Segmind:MaxConcurrentSubmits", number));

        Assert.Equal(expected, services.GetRequiredService<IOptions<SegmindOptions>>().Value.MaxConcurrentSubmits);
    }

    [Fact]
    public void Both_faults_are_named_at_once()
    {
        var thrown = Assert.Throws<OptionsValidationException>(() => Start(("Segmind:BaseUrl", "nowhere")));

        Assert.Equal(2, thrown.Failures.Count());
    }

    [Fact]
    public void A_key_is_all_that_has_to_be_set()
    {
        using var services = Start(("Segmind:ApiKey", Clients.Key));

        Assert.Same(services.GetRequiredService<ISegmindClient>(), services.GetRequiredService<ISegmindClient>());
        Assert.Equal(TimeSpan.FromSeconds(70), SegmindTimings.Default.LongestSubmit);
    }

    private static ServiceProvider Start(params (string Name, string? Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Name, setting.Value)))
            .Build();
        var services = new ServiceCollection().AddLogging().AddSegmind(configuration).BuildServiceProvider(validateScopes: true);
        services.GetRequiredService<IStartupValidator>().Validate();
        return services;
    }
}
