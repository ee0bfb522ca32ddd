using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Reel.Cli.Generating;
using Reel.Cli.Settings;
using Reel.EndToEnd.Tests.Azurite;

namespace Reel.Cli.Tests.Terminal;

/// <summary>How long what is remembered of the models will do.</summary>
public sealed class CatalogSourceTests
{
    [Fact]
    public async Task The_models_are_asked_for_again_when_by_the_clock_they_are_too_old()
    {
        var asked = 0;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        await using var server = builder.Build();
        server.Run(context =>
        {
            Interlocked.Increment(ref asked);
            context.Response.ContentType = "application/json";
            return context.Response.WriteAsync("[]");
        });
        await server.StartAsync();
        var (settings, folder) = (new ConnectionSettings(new Uri(server.Urls.First()), null, []), TestFolder.Create());
        async Task<int> AskedAfterAsync(TimeSpan age)
        {
            await CatalogSource.LoadAsync(settings, CatalogUse.Run, folder, new FixedTime(DateTimeOffset.UtcNow + age), CancellationToken.None);
            return asked;
        }

        Assert.Equal(1, await AskedAfterAsync(TimeSpan.Zero));
        Assert.Equal(1, await AskedAfterAsync(TimeSpan.Zero));
        Assert.Equal(2, await AskedAfterAsync(CatalogUse.Run.MostAge));
    }
}
