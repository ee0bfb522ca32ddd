using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Reel.Api;

namespace Reel.Tests.Api;

public sealed class ApiKeysTests
{
    private const string One = "the-key-of-one-0123456789";
    private const string Two = "the-key-of-two-0123456789";

    private static readonly ApiKeys Keys = new(Options.Create(new ApiOptions { Keys = new() { ["one"] = One, ["two"] = Two } }));

    [Theory]
    [InlineData("x-api-key", One, "one")]
    [InlineData("X-API-Key", Two, "two")]
    [InlineData("Authorization", $"Bearer {Two}", "two")]
    [InlineData("Authorization", $"bearer   {One} ", "one")]
    public void A_key_is_known_as_a_header_or_as_a_bearer_token(string header, string value, string caller) =>
        Assert.Equal(new Caller(caller), Keys.Identify(Request(header, value)));

    [Theory]
    [InlineData("x-api-key", "the-key-of-nobody-0123456", "Invalid API key")]
    [InlineData("x-api-key", One + "x", "Invalid API key")]
    [InlineData("x-api-key", "the-key-of-one-012345678", "Invalid API key")]
    [InlineData("Authorization", "Bearer one", "Invalid API key")]
    [InlineData("Authorization", $"Basic {One}", "Missing Authorization or x-api-key in header")]
    [InlineData("Cookie", One, "Missing Authorization or x-api-key in header")]
    public void Anything_else_is_answered_as_the_provider_does(string header, string value, string error)
    {
        var refused = Assert.Throws<ApiException>(() => Keys.Identify(Request(header, value)));

        Assert.Equal((401, error), (refused.Status, refused.Error.Error));
    }

    [Theory]
    [InlineData("One", One, "Api__Keys__One")]
    [InlineData("one~two", One, "Api__Keys__one~two")]
    [InlineData("one", "too short", "Api__Keys__one")]
    [InlineData("one", "with a blank in between", "Api__Keys__one")]
    [InlineData("one", "@Microsoft.KeyVault(SecretUri=https://vault.test/secrets/one)", "Api__Keys")]
    public void A_key_that_cannot_be_meant_stops_the_start_and_is_named_but_not_shown(string name, string key, string setting)
    {
        var thrown = Assert.Throws<OptionsValidationException>(() => Start(new() { [$"Api:Keys:{name}"] = key }));

        Assert.Contains(setting, thrown.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(key, thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_key_has_one_name() =>
        Assert.Throws<OptionsValidationException>(() => Start(new() { ["Api:Keys:one"] = One, ["Api:Keys:two"] = One }));

    [Fact]
    public void Keys_of_a_usable_form_start() => Start(new() { ["Api:Keys:one"] = One, ["Api:Keys:two-2"] = Two });

    [Fact]
    public void A_host_that_anyone_can_reach_does_not_start_without_a_key()
    {
        var services = new ServiceCollection().AddApi(new ConfigurationBuilder().Build()).RequireApiKeys().BuildServiceProvider();

        var thrown = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IStartupValidator>().Validate());

        Assert.Contains("Api__Keys__<name>", thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://page.example", null)]
    [InlineData("https://page.example:8443,http://localhost:3000", null)]
    [InlineData("*", "Api__Keys")]
    [InlineData("null", "must be * or origins")]
    [InlineData("https://page.example/", "must be * or origins")]
    [InlineData("https://user@page.example", "must be * or origins")]
    public void Without_keys_not_every_page_may_call(string origins, string? fault)
    {
        var thrown = Record.Exception(() => Start(new() { ["Api:AllowedOrigins"] = origins }));

        if (fault is null) Assert.Null(thrown);
        else Assert.Contains(fault, Assert.IsType<OptionsValidationException>(thrown).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("two", "RequestsPerMinute", "10", "Api__Limits__two: there is no key of that name")]
    [InlineData("One", "RequestsPerMinute", "10", "Api__Limits__One: there is no key of that name")]
    [InlineData("one", "RequestsPerMinute", "0", "Api__Limits__one__RequestsPerMinute: must be 1 or more")]
    [InlineData("one", "InFlight", "-1", "Api__Limits__one__InFlight: must be 1 or more")]
    [InlineData("one", "UsdPerDay", "0", "Api__Limits__one__UsdPerDay: must be 0.01 or more")]
    [InlineData("one", "UsdPerDay", "a lot", "Api__Limits__one__UsdPerDay must be a number")]
    [InlineData("one", "InFlight", "1.5", "Api__Limits__one__InFlight must be a whole number")]
    [InlineData("one", "PerMinute", "10", "Api__Limits__one__PerMinute is no setting; there are Api__Limits__one__RequestsPerMinute")]
    [InlineData("one", null, "10", "Api__Limits__one has no value of its own")]
    public void A_limit_that_cannot_be_meant_stops_the_start_and_is_named(string name, string? setting, string value, string message)
    {
        var path = setting is null ? $"Api:Limits:{name}" : $"Api:Limits:{name}:{setting}";
        var thrown = Assert.Throws<OptionsValidationException>(() => Start(new() { ["Api:Keys:one"] = One, [path] = value }));

        Assert.Contains(message, thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Limits_are_read_as_they_are_meant()
    {
        var limit = Start(new()
        {
            ["Api:Keys:one"] = One,
            ["Api:Limits:one:RequestsPerMinute"] = "30",
            ["Api:Limits:one:InFlight"] = "",
            ["Api:Limits:one:UsdPerDay"] = "12.5",
        }).Limits["one"];

        Assert.Equal((30, null, 12.5m), (limit.RequestsPerMinute, limit.InFlight, limit.UsdPerDay));
    }

    private static ApiOptions Start(Dictionary<string, string?> settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        var services = new ServiceCollection().AddApi(configuration).BuildServiceProvider();
        services.GetRequiredService<IStartupValidator>().Validate();
        return services.GetRequiredService<IOptions<ApiOptions>>().Value;
    }

    private static HttpRequest Request(string header, string value)
    {
        var context = new DefaultHttpContext();
        context.Request.Headers[header] = value;
        return context.Request;
    }
}
