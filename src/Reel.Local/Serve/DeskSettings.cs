using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Reel.Storage;

namespace Reel.Local.Serve;

/// <summary>What a desk is set to: what is given, over what suits a desk.</summary>
internal static class DeskSettings
{
    /// <summary>What is set to something. Nothing is as good as unset, and so is development storage, the default.</summary>
    public static IConfigurationRoot Given(IConfiguration settings) => new ConfigurationBuilder()
        .AddInMemoryCollection(settings.AsEnumerable().Where(setting => !string.IsNullOrWhiteSpace(setting.Value) && !IsDevelopmentStorage(setting)))
        .Build();

    /// <summary>All but where storage and an emulated provider turn out to be.</summary>
    public static IConfigurationBuilder AddDesk(this IConfigurationBuilder builder, DeskOptions options, IConfiguration given) => builder
        .AddInMemoryCollection(DeskProvider.Defaults(given))
        .AddInMemoryCollection(DeskWebhooks.Defaults(options))
        .AddConfiguration(given);

    /// <summary>Sees that all is right before anything is installed or started for it.</summary>
    /// <exception cref="OptionsValidationException">A setting is wrong.</exception>
    /// <exception cref="AggregateException">Several are.</exception>
    /// <exception cref="StartException">It is not clear which provider is meant.</exception>
    public static void Check(DeskOptions options, IConfiguration given)
    {
        using var services = new ServiceCollection().AddReel(new ConfigurationBuilder().AddDesk(options, given).Build()).BuildServiceProvider();
        services.GetRequiredService<IStartupValidator>().Validate();
    }

    private static bool IsDevelopmentStorage(KeyValuePair<string, string?> setting) =>
        setting.Key.Equals(StorageOptions.Setting, StringComparison.OrdinalIgnoreCase)
        && setting.Value!.Trim().TrimEnd(';').Equals(StorageOptions.Development, StringComparison.OrdinalIgnoreCase);
}
