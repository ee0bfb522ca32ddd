using Microsoft.Extensions.DependencyInjection;
using Reel.Functions.Api;
using Reel.Functions.Durable;
using Reel.Generations;
using Reel.Orchestration;

namespace Reel.Functions.Tests.Settings;

/// <summary>Wrong or missing settings stop the worker at its start, with one line that names them.</summary>
public sealed class StartTests
{
    [Fact]
    public void The_fewest_settings_are_enough()
    {
        Assert.Null(FunctionsHost.FindFault(FunctionsHost.Minimal));
    }

    [Theory]
    [InlineData("Segmind__ApiKey", null, "Segmind__ApiKey")]
    [InlineData("Segmind__ApiKey", "", "Segmind__ApiKey")]
    [InlineData("Segmind__ApiKey", "@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/s)", "Segmind__ApiKey")]
    [InlineData("Segmind__BaseUrl", "nowhere.example", "Segmind__BaseUrl")]
    [InlineData("Segmind__MaxConcurrentSubmits", "0", "Segmind__MaxConcurrentSubmits")]
    [InlineData("Segmind__Key", "SG_0123456789abcdef", "Segmind__Key")]
    [InlineData("Api__Keys__desk", null, "Api__Keys__<name>")]
    [InlineData("Api__Keys__desk", "", "Api__Keys__desk")]
    [InlineData("Api__Keys__desk", "short", "Api__Keys__desk")]
    [InlineData("Api__Keys__desk", "@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/s)", "Api__Keys")]
    [InlineData("Api__Keys__Desk_Lamp", "a-second-key-of-many-characters", "Api__Keys__Desk_Lamp")]
    [InlineData("Api__Keys__shop", "a-key-of-sixteen-characters-or-more", "Api__Keys__")]
    [InlineData("Api__Key", "a-key-of-sixteen-characters-or-more", "Api__Key ")]
    [InlineData("Api__PublicUrl", "reel.example", "Api__PublicUrl")]
    [InlineData("Api__SyncWait", "00:03:50", "Api__SyncWait")]
    [InlineData("Api__StreamLimit", "00:00:00", "Api__StreamLimit")]
    [InlineData("Api__AllowedOrigins", "https://page.example/path", "Api__AllowedOrigins")]
    [InlineData("Api__AllowedOrigins", "https://a.example, page.example", "Api__AllowedOrigins")]
    [InlineData("Videos__Container", "My Videos", "Videos__Container")]
    [InlineData("Videos__LinkLifetime", "8.00:00:00", "Videos__LinkLifetime")]
    [InlineData("Videos__LinkLifetime", "7", "Videos__LinkLifetime")]
    [InlineData("Videos__Retention", "30", "Videos__Retention")]
    [InlineData("Videos__Retention", "12:00:00", "Videos__Retention")]
    [InlineData("Webhooks__Secret", "not-a-secret", "Webhooks__Secret")]
    [InlineData("Webhooks__Secret", "@Microsoft.KeyVault(VaultName=v;SecretName=s)", "Webhooks__Secret")]
    [InlineData("Webhooks__Keys__desk__Secret", "not-a-secret", "Webhooks__Keys__desk__Secret")]
    [InlineData("Webhooks__Keys__desk__Secret", "@Microsoft.KeyVault(VaultName=v;SecretName=s)", "Webhooks__Keys")]
    [InlineData("Webhooks__Keys__desk__Url", "http://example.com/hook", "Webhooks__Keys__desk__Url")]
    [InlineData("Webhooks__Keys__shop__Secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "Webhooks__Keys__shop")]
    [InlineData("Webhooks__Keys__desk", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "Webhooks__Keys__desk")]
    [InlineData("Webhooks__AllowedPorts", "https", "Webhooks__AllowedPorts")]
    [InlineData("Webhooks__AllowPrivateNetworks", "maybe", "Webhooks__AllowPrivateNetworks")]
    [InlineData("Polling__Least", "1.00:00:00", "Polling__Least")]
    [InlineData("Polling__CheckWorth", "0", "Polling__CheckWorth")]
    [InlineData("Requests__Deadline", "00:00:30", "Requests__Deadline")]
    [InlineData("Requests__Retention", "00:10:00", "Requests__Retention")]
    [InlineData("Requests__IdempotencyLifetime", "23:59:59", "Requests__IdempotencyLifetime")]
    [InlineData("Requests__IdempotencyLifetime", "31.00:00:00", "Requests__IdempotencyLifetime")]
    [InlineData("AzureWebJobsStorage", "nonsense", "AzureWebJobsStorage")]
    public void A_wrong_setting_stops_the_start_with_one_line_that_names_it(string name, string? value, string named)
    {
        var others = FunctionsHost.Minimal.Where(setting => setting.Name != name);

        var fault = FunctionsHost.FindFault(value is null ? [.. others] : [.. others, (name, value)]);

        Assert.NotNull(fault);
        Assert.Contains(named, fault);
        Assert.DoesNotContain('\n', fault);

        // It may be a secret.
        if (value is { Length: > 6 }) Assert.DoesNotContain(value, fault);
    }

    [Fact]
    public void All_that_is_wrong_is_named_at_once()
    {
        var fault = FunctionsHost.FindFault([("Requests__Deadline", "soon"), ("Videos__Container", "My Videos")]);

        Assert.All(["Segmind__ApiKey", "Api__Keys__<name>", "Requests__Deadline", "Videos__Container"], name => Assert.Contains(name, fault));
        Assert.DoesNotContain('\n', fault!);
    }

    [Fact]
    public void What_building_the_pipeline_stumbles_over_is_named_among_the_others()
    {
        var fault = FunctionsHost.FindFault([("Segmind__BaseUrl", "nowhere.example"), ("Api__Keys__desk", "short"), ("Videos__LinkLifetime", "7")]);

        Assert.All(["Segmind__ApiKey", "Segmind__BaseUrl", "Api__Keys__desk", "Videos__LinkLifetime"], name => Assert.Contains(name, fault));
    }

    [Fact]
    public void The_services_can_be_made_and_the_client_belongs_to_a_request()
    {
        using var app = FunctionsHost.Build(FunctionsHost.Minimal);

        Assert.Same(app.Services.GetRequiredService<ApiPipeline>(), app.Services.GetRequiredService<ApiPipeline>());
        using var one = app.Services.CreateScope();
        using var other = app.Services.CreateScope();
        Assert.IsType<DurableOrchestrationClient>(one.ServiceProvider.GetRequiredService<IOrchestrationClient>());
        Assert.NotNull(one.ServiceProvider.GetRequiredService<GenerationStore>());
        Assert.NotSame(one.ServiceProvider.GetRequiredService<BoundDurableClient>(), other.ServiceProvider.GetRequiredService<BoundDurableClient>());
        Assert.Throws<InvalidOperationException>(() => app.Services.GetRequiredService<IOrchestrationClient>());
    }
}
