using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Reel.Settings;
using Reel.Storage;

namespace Reel.Videos;

/// <summary>What a host lists to have the video store.</summary>
public static class VideoServices
{
    /// <summary>
    /// Registers the <see cref="VideoStore"/> over the account of <c>AzureWebJobsStorage</c>, with the settings <c>Videos__*</c> checked at start.
    /// An <see cref="OpenConnection"/> among the services opens the connections of its downloads.
    /// </summary>
    public static IServiceCollection AddVideos(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddStorage(configuration);
        services.BindSettings<VideoOptions>(configuration, VideoOptions.Section).ValidateDataAnnotations();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => new VideoDownloader(
            provider.GetRequiredService<IOptions<VideoOptions>>(), provider.GetRequiredService<TimeProvider>(), provider.GetService<OpenConnection>()));
        services.TryAddSingleton<VideoStore>();
        return services;
    }
}
