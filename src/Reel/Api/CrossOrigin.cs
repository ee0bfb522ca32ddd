using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Reel.Api;

/// <summary>Lets pages of the origins in <see cref="ApiOptions.AllowedOrigins"/> call the API from a browser; where none are set, there is no CORS.</summary>
internal static class CrossOrigin
{
    // What a page's script may read beside the few that it always may.
    private static readonly string[] Exposed =
    [
        AnswerHeaders.RequestId, "x-cost", "x-remaining-credits", "x-generation-time", "Idempotent-Replayed", "Retry-After", "Server-Timing", "ETag",
        "Content-Range", "Accept-Ranges", "Allow",
    ];

    public static IServiceCollection AddCrossOrigin(this IServiceCollection services)
    {
        services.AddCors().AddOptions<CorsOptions>().Configure<IOptions<ApiOptions>>((cors, api) => cors.AddDefaultPolicy(policy =>
        {
            policy.WithOrigins([.. api.Value.Origins]).AllowAnyMethod().AllowAnyHeader().WithExposedHeaders(Exposed).SetPreflightMaxAge(TimeSpan.FromHours(2));
        }));
        return services;
    }

    /// <summary>Stands before the keys are looked at: a browser's preflight brings none.</summary>
    public static IApplicationBuilder UseCrossOrigin(this IApplicationBuilder app) => app.UseWhen(
        context => context.RequestServices.GetRequiredService<IOptions<ApiOptions>>().Value.Origins.Count > 0, branch => branch.UseCors());
}
