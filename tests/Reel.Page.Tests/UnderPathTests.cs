using Microsoft.Playwright;
using Reel.EndToEnd.Tests.Desk;
using static Microsoft.Playwright.Assertions;

namespace Reel.Page.Tests;

/// <summary>The page under a path, by a proxy that strips it.</summary>
public sealed class UnderPathTests : IAsyncLifetime
{
    private Bench bench = null!;
    private StrippingProxy proxy = null!;

    public async Task InitializeAsync()
    {
        bench = await Bench.CreateAsync();
        proxy = await StrippingProxy.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await proxy.DisposeAsync();
        await bench.DisposeAsync();
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    public async Task With_its_public_URL_set_all_of_it_works_with_the_last_slash_and_without(string end)
    {
        var reel = await bench.StartAsync(("Api__PublicUrl", new Uri(proxy.Url, StrippingProxy.Prefix).AbsoluteUri));
        proxy.Target = reel.Url;
        await using var visit = await Visit.StartAsync(proxy.Url, StrippingProxy.Prefix + end);
        await visit.Prompt.FillAsync("under a path");
        await visit.Order.ClickAsync();
        await visit.OpenAsync("under a path");

        await visit.Page.WaitForFunctionAsync("() => document.querySelector('#request video')?.readyState >= 2");
        await Expect(visit.Page.GetByLabel("The command")).ToContainTextAsync($"curl -s '{proxy.Url.AbsoluteUri}reel/v2/kling-2.6'");
        Assert.Equal(StrippingProxy.Prefix + end, await visit.Page.EvaluateAsync<string>("location.pathname"));
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "API" }).ClickAsync();
        await Expect(visit.Page).ToHaveURLAsync(new Uri(proxy.Url, "/reel/docs").AbsoluteUri);
        await Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeVisibleAsync();
        Assert.Empty(proxy.Strays);
    }

    [Fact]
    public async Task Without_it_the_last_slash_is_enough()
    {
        proxy.Target = (await bench.StartAsync()).Url;
        await using var visit = await Visit.StartAsync(proxy.Url, "/reel/");

        await Expect(visit.Order).ToBeVisibleAsync();
        await Expect(visit.Page.GetByText("Nothing here yet")).ToBeVisibleAsync();
        Assert.Empty(proxy.Strays);
    }
}
