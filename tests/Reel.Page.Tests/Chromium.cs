using Microsoft.Playwright;

namespace Reel.Page.Tests;

/// <summary>One browser for the whole process: the one of this machine, since none is downloaded. It goes with the process.</summary>
internal static class Chromium
{
    private static readonly Lazy<Task<IBrowser>> Shared = new(StartAsync);

    public static Task<IBrowser> Browser => Shared.Value;

    private static async Task<IBrowser> StartAsync()
    {
        var playwright = await Playwright.CreateAsync();
        return await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Find(),
            // Its sandbox does not start for root, and this browser sees pages of this process only.
            Args = Environment.IsPrivilegedProcess && OperatingSystem.IsLinux() ? ["--no-sandbox"] : [],
        });
    }

    private static string Find()
    {
        if (Environment.GetEnvironmentVariable("CHROMIUM") is { Length: > 0 } named) return named;
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        string[] names = ["chromium", "google-chrome", "chromium-browser"];
        return names.SelectMany(name => folders.Select(folder => Path.Combine(folder, name))).FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException("There is no browser to test the page in. Install chromium (apt-get install chromium), or name one in the environment variable CHROMIUM.");
    }
}
