using System.Diagnostics;
using Reel.Local.Azurite;

namespace Reel.EndToEnd.Tests.Azurite;

/// <summary>An Azurite as somebody else would run it, without anything of Reel's.</summary>
internal sealed class StockAzurite : IAsyncDisposable
{
    private readonly Process process;

    private StockAzurite(Process process, int port) => (this.process, Port) = (process, port);

    public int Port { get; }

    public string ConnectionString => AzuriteServer.ConnectionStringFor(Port);

    public static async Task<StockAzurite> StartAsync()
    {
        var script = Path.Combine(await AzuriteFixture.InstallAsync(), "node_modules", "azurite", "dist", "src", "blob", "main.js");
        var process = Process.Start(new ProcessStartInfo("node", [script, "--location", TestFolder.Create(), "--blobPort", "0", "--skipApiVersionCheck", "--disableTelemetry"])
        {
            RedirectStandardOutput = true,
        })!;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => End(process);
        while (await process.StandardOutput.ReadLineAsync() is { } line)
            if (line.Split(' ').LastOrDefault() is { } last && line.Contains("successfully listens", StringComparison.Ordinal))
                return new StockAzurite(process, new Uri(last).Port);
        throw new InvalidOperationException("It ended before it listened.");
    }

    public async ValueTask DisposeAsync()
    {
        End(process);
        await process.WaitForExitAsync();
    }

    private static void End(Process process)
    {
        try
        {
            process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It is gone.
        }
    }
}
