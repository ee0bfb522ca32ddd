using Microsoft.Extensions.DependencyInjection;

namespace Reel.Limits;

/// <summary>What the API lists to have limits.</summary>
public static class LimitSetup
{
    /// <summary>Adds the services.</summary>
    /// <param name="limits">By caller.</param>
    public static IServiceCollection AddLimits(
        this IServiceCollection services, Func<IServiceProvider, IReadOnlyDictionary<string, CallerLimit>> limits) => services
        .AddSingleton(provider => new CallerLedgers(limits(provider)))
        .AddScoped<LedgerLook>()
        .AddScoped<LedgerReview>()
        .AddScoped<CallerLimits>();
}
