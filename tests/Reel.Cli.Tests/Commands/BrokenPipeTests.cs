using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Reel.EndToEnd.Tests.Azurite;
using Reel.EndToEnd.Tests.Desk;

namespace Reel.Cli.Tests.Commands;

/// <summary>A reader that leaves before the end, as <c>head</c> does.</summary>
public sealed class BrokenPipeTests
{
    [Theory]
    [InlineData("list --all")]
    [InlineData("list --all --json")]
    public async Task The_command_ends_quietly_when_nobody_reads_any_more(string line)
    {
        if (OperatingSystem.IsWindows()) return; // It does not say when a reader leaves.
        await using var server = await StartEndlessAsync();
        var start = new ProcessStartInfo(ReelProcess.DotNet, [Path.Combine(AppContext.BaseDirectory, "Reel.Cli.dll"), .. line.Split(' ')])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        (start.Environment["REEL_URL"], start.Environment["XDG_CONFIG_HOME"]) = (server.Urls.First(), TestFolder.Create());
        using var command = Process.Start(start)!;
        try
        {
            var said = command.StandardError.ReadToEndAsync();
            Assert.NotNull(await command.StandardOutput.ReadLineAsync());
            command.StandardOutput.Close();

            await command.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(120));
            Assert.Equal((141, ""), (command.ExitCode, await said));
        }
        finally
        {
            if (!command.HasExited) command.Kill();
        }
    }

    // A list without an end.
    private static async Task<WebApplication> StartEndlessAsync()
    {
        var one = """{"status": "QUEUED", "request_id": "fe5e0481-fc94-85f9-85bd-115649ebc1d8"}""";
        var page = $$"""{"requests": [{{string.Join(",", Enumerable.Repeat(one, 100))}}], "next_cursor": "more"}""";
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(context =>
        {
            context.Response.ContentType = "application/json";
            return context.Response.WriteAsync(page, context.RequestAborted);
        });
        await app.StartAsync();
        return app;
    }
}
