using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Playwright;

namespace Reel.Page.Tests;

/// <summary>
/// Somebody who looks at the page, in a browser profile of its own. At the end a picture is kept in the folder <c>screenshots</c> beside this assembly, and whatever
/// the browser complained about fails the test: errors of scripts, and what the Content-Security-Policy did not let through.
/// </summary>
internal sealed class Visit : IAsyncDisposable
{
    /// <summary>How long anything may take on a slow machine.</summary>
    public const int PatienceMilliseconds = 60_000;

    private readonly IBrowserContext context;
    private readonly string name;
    private readonly ConcurrentQueue<string> complaints = new();
    private readonly ConcurrentQueue<string> sent = new();

    static Visit() => Assertions.SetDefaultExpectTimeout(PatienceMilliseconds);

    private Visit(IBrowserContext context, IPage page, string name)
    {
        this.context = context;
        this.name = name;
        Page = page;
        page.Request += (_, request) => sent.Enqueue($"{request.Method} {new Uri(request.Url).PathAndQuery}");
        page.PageError += (_, error) => complaints.Enqueue(error);
        page.Console += (_, message) =>
        {
            // A status that is no success is a line there too, though the page makes sense of it.
            if (message.Type == "error" && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal)) complaints.Enqueue(message.Text);
        };
    }

    public static BrowserNewContextOptions Wide => new() { ViewportSize = new ViewportSize { Width = 1440, Height = 900 }, Locale = "en-GB" };

    public static BrowserNewContextOptions Phone => new()
    {
        ViewportSize = new ViewportSize { Width = 390, Height = 844 }, IsMobile = true, HasTouch = true, Locale = "en-GB",
    };

    public IPage Page { get; }

    public ILocator Prompt => Page.GetByRole(AriaRole.Textbox, new() { Name = "Prompt required" });

    public ILocator Order => Page.GetByRole(AriaRole.Button, new() { Name = "Make the video" });

    /// <summary>Opens the page.</summary>
    /// <param name="path">With its hash.</param>
    public static async Task<Visit> StartAsync(Uri url, string path = "/", BrowserNewContextOptions? options = null, [CallerMemberName] string name = "")
    {
        var browser = await Chromium.Browser;
        var context = await browser.NewContextAsync(options ?? Wide);
        context.SetDefaultTimeout(PatienceMilliseconds);
        var visit = new Visit(context, await context.NewPageAsync(), name);
        await visit.Page.GotoAsync(new Uri(url, path).AbsoluteUri);
        return visit;
    }

    /// <summary>
    /// What is opened from here on has a clock that stands still until it is told how far to go. It is a minute ahead of the server's, since it cannot be set back.
    /// </summary>
    public async Task StopClockAsync()
    {
        await Page.Clock.InstallAsync();
        await Page.Clock.PauseAtAsync(DateTime.UtcNow.AddMinutes(1));
    }

    /// <summary>Lets so much time pass on a clock that stands still, and lets what was then sent be counted.</summary>
    public async Task PassAsync(TimeSpan time)
    {
        await Page.Clock.RunForAsync((long)time.TotalMilliseconds);
        await Page.EvaluateAsync("fetch('page/none').catch(() => {})");
    }

    /// <summary>What is opened from here on can be left for another tab with <see cref="LookAsync"/>.</summary>
    public Task MindLooksAsync() => Page.AddInitScriptAsync("""
        let isHidden = false;
        Object.defineProperty(document, 'hidden', { get: () => isHidden });
        window.look = (isSeen) => { isHidden = !isSeen; document.dispatchEvent(new Event('visibilitychange')); };
        """);

    /// <summary>Goes to another tab, or comes back.</summary>
    public Task LookAsync(bool isSeen) => Page.EvaluateAsync("isSeen => look(isSeen)", isSeen);

    /// <summary>How many requests of the page began so, as in <c>GET /v2/requests?</c>, whatever became of them.</summary>
    public int Sent(string beginning) => sent.Count(one => one.StartsWith(beginning, StringComparison.Ordinal));

    /// <summary>Goes to another view of the page, as a link to it does.</summary>
    public Task ShowAsync(string hash) => Page.EvaluateAsync("hash => { location.hash = hash; }", hash);

    /// <summary>The card of a request in the gallery, by its prompt.</summary>
    public ILocator Card(string prompt) => Page.GetByRole(AriaRole.Listitem).Filter(new() { HasText = prompt });

    /// <summary>Opens the view of a request from its card.</summary>
    public async Task OpenAsync(string prompt)
    {
        await Card(prompt).GetByRole(AriaRole.Link).ClickAsync();
        await Assertions.Expect(Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync(prompt);
    }

    /// <summary>The one that asks for a key, while it is open.</summary>
    public ILocator Dialog => Page.GetByRole(AriaRole.Dialog, new() { Name = "Your key" });

    public ILocator Button(string text) => Page.GetByRole(AriaRole.Button, new() { Name = text, Exact = true });

    /// <summary>Keeps a picture of what is seen now.</summary>
    public Task KeepAsync(string what = "") => Page.ScreenshotAsync(new() { Path = Path.Combine(AppContext.BaseDirectory, "screenshots", $"{name}{what}.png") });

    public async ValueTask DisposeAsync()
    {
        await KeepAsync();
        await context.DisposeAsync();
        Assert.True(complaints.IsEmpty, $"The browser complained:\n{string.Join('\n', complaints)}");
    }
}
