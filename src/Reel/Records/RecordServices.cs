using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Reel.Storage;

namespace Reel.Records;

/// <summary>What a host lists to have records.</summary>
public static class RecordServices
{
    /// <summary>Registers the <see cref="RecordStore"/> over the account of <c>AzureWebJobsStorage</c>.</summary>
    public static IServiceCollection AddRecords(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddStorage(configuration).TryAddSingleton<RecordStore>();
        return services;
    }
}
