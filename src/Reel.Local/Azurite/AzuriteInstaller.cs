using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace Reel.Local.Azurite;

/// <summary>
/// Installs the pinned Azurite with <c>npm ci</c>, once per lock file and user: 60 MB, a few seconds, no scripts run. Processes that install at the
/// same time wait for each other, and an install that was cut off is never taken for a whole one: it is made beside its place and renamed into it.
/// </summary>
/// <param name="source">The folder with package.json, package-lock.json and blob.js.</param>
/// <param name="cache">Where installs are kept; when it is null or cannot be written, <paramref name="fallback"/> is used.</param>
public sealed class AzuriteInstaller(string source, string? cache, string fallback)
{
    private const string ServerScript = "blob.js";

    /// <summary>An install that nobody has started from for so long, an older version's mostly, goes when another one comes.</summary>
    private static readonly TimeSpan UnusedLimit = TimeSpan.FromDays(30);

    /// <summary>The installer of what came with the program; the user's local application data is the cache, the data folder the fallback.</summary>
    public static AzuriteInstaller ForUser(string dataFolder)
    {
        var local = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return new AzuriteInstaller(
            Path.Combine(AppContext.BaseDirectory, "azurite"),
            local.Length == 0 ? null : Path.Combine(local, "reel", "azurite"),
            Path.Combine(dataFolder, "azurite-package"));
    }

    /// <summary>Installs unless that was done before; the folder with blob.js and its node_modules.</summary>
    /// <exception cref="NodeMissingException">There is no Node.js or no npm.</exception>
    /// <exception cref="AzuriteException">npm could not install it.</exception>
    public async Task<string> InstallAsync(IProgress<string>? progress = null, CancellationToken cancellationToken = default)
    {
        var key = Key();
        foreach (var root in Roots())
        {
            var folder = Path.Combine(root, key);
            if (!File.Exists(Path.Combine(folder, ServerScript))) continue;
            Try(() => Directory.SetLastWriteTimeUtc(folder, DateTime.UtcNow));
            return folder;
        }

        // Before anything is made on disk: without them nothing can be.
        var (npm, _) = (NodeTools.Npm, NodeTools.Node);
        var place = WritableRoot();
        var target = Path.Combine(place, key);
        await using var held = await FileLock.TakeAsync(
            target + ".lock", () => progress?.Report("Waiting for another process that installs Azurite"), cancellationToken);
        if (Directory.Exists(target)) return target;

        // Under the lock, whatever lies about unfinished was cut off.
        foreach (var rest in Directory.EnumerateDirectories(place, key + ".partial-*")) TryDelete(rest);
        var partial = $"{target}.partial-{Guid.NewGuid():N}";
        try
        {
            Copy(source, partial);
            progress?.Report("Installing the storage emulator Azurite with npm (once, about 60 MB)");
            var watch = Stopwatch.StartNew();
            await RunNpmAsync(npm, partial, cancellationToken);
            Directory.Move(partial, target);
            progress?.Report($"Azurite is installed in {target} after {watch.Elapsed.TotalSeconds:0} s");
            Try(() => RemoveUnused(place));
            return target;
        }
        catch
        {
            TryDelete(partial);
            throw;
        }
    }

    /// <summary>Names the content: another lock file, or another blob.js, is another install.</summary>
    private string Key()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(Path.GetRelativePath(source, file) + "\n"));
            hash.AppendData(File.ReadAllBytes(file));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }

    private IEnumerable<string> Roots() => cache is null ? [fallback] : [cache, fallback];

    private string WritableRoot()
    {
        Exception? last = null;
        foreach (var root in Roots())
        {
            try
            {
                Directory.CreateDirectory(root);
                using (new FileStream(Path.Combine(root, $".{Guid.NewGuid():N}"), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose))
                    return root;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                last = e;
            }
        }
        throw AzuriteException.WithAdvice($"No folder to install Azurite in can be written: {last!.Message}.", last);
    }

    private static async Task RunNpmAsync(string npm, string folder, CancellationToken cancellationToken)
    {
        string[] arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--omit=dev", "--prefer-offline", "--loglevel=error"];
        using var process = Process.Start(new ProcessStartInfo(npm, arguments)
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        try
        {
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var errors = await process.StandardError.ReadToEndAsync(cancellationToken);
            await output;
            await process.WaitForExitAsync(cancellationToken);
            if (process.ExitCode != 0) throw AzuriteException.WithAdvice($"npm could not install Azurite: {Shorten(errors, process.ExitCode)}.");
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None); // What it still writes would be left behind.
            throw;
        }
    }

    /// <summary>The first lines of what npm complains about, without its prefix and the pointer to its log.</summary>
    internal static string Shorten(string errors, int exitCode)
    {
        var lines = errors.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Where(line => line.StartsWith("npm error", StringComparison.Ordinal) || line.StartsWith("npm ERR!", StringComparison.Ordinal))
            .Select(line => line[(line.StartsWith("npm error", StringComparison.Ordinal) ? 9 : 8)..].Trim().TrimEnd('.'))
            .Where(line => line.Length > 0 && !line.StartsWith("A complete log", StringComparison.Ordinal))
            .Take(3)
            .ToList();
        return lines.Count > 0 ? string.Join("; ", lines) : $"it ended with code {exitCode}";
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    /// <summary>Each is moved away before it is deleted, so that none is ever found half; who still runs from one installs it again.</summary>
    private static void RemoveUnused(string place)
    {
        var unused = new DirectoryInfo(place).EnumerateDirectories()
            .Where(install => DateTime.UtcNow - install.LastWriteTimeUtc > UnusedLimit && File.Exists(Path.Combine(install.FullName, ServerScript)));
        foreach (var folder in unused.Select(install => install.FullName).ToList())
        {
            using var held = FileLock.TryTake(folder + ".lock");
            if (held is null) continue;
            var aside = $"{folder}.partial-{Guid.NewGuid():N}";
            Directory.Move(folder, aside);
            TryDelete(aside);
        }
    }

    // An npm that outlived its parent may still be writing there; the next install tries again.
    private static void TryDelete(string folder) => Try(() => Directory.Delete(folder, recursive: true));

    private static void Try(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It was worth a try, and nothing depends on it.
        }
    }
}
