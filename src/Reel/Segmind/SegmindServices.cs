using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Reel.Settings;

namespace Reel.Segmind;

/// <summary>Adds the provider's client.</summary>
public static class SegmindServices
{
    /// <summary>Adds <see cref="ISegmindClient"/>, with its settings from section <c>Segmind</c>; a wrong one stops the start and is named.</summary>
    public static IServiceCollection AddSegmind(this IServiceCollection services, IConfiguration configuration)
    {
        services.BindSettings<SegmindOptions>(configuration, SegmindOptions.Section);
        services.AddSingleton<IValidateOptions<SegmindOptions>, SegmindOptionsValidator>();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(SegmindTimings.Default);
        services.TryAddSingleton<ISegmindClient, SegmindClient>();
        return services;
    }
}
