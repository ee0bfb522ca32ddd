using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Reel.Functions.Api;

namespace Reel.Functions;

/// <summary>What is looked at before the host runs, so that what is wrong stops the start and not every request.</summary>
internal static class HostStart
{
    /// <summary>Checks all settings and builds what requests need.</summary>
    /// <exception cref="OptionsValidationException">A section is wrong. Of several, all are named, by an <see cref="AggregateException"/>.</exception>
    public static IHost CheckStart(this IHost host)
    {
        // First: the pipeline reads some of the settings, and would name those alone.
        host.Services.GetRequiredService<IStartupValidator>().Validate();
        host.Services.GetRequiredService<ApiPipeline>();
        return host;
    }
}
