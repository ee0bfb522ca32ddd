namespace Reel.EndToEnd.Tests.Azurite;

/// <summary>
/// Temporary folders that are deleted when the test process ends; where that is ended too soon for it, by the next one that starts.
/// </summary>
public static class TestFolder
{
    private const string Prefix = "reel-tests-";
    private const string Mark = "in-use";

    private static readonly Lazy<string> Root = new(() =>
    {
        foreach (var left in Directory.EnumerateDirectories(Path.GetTempPath(), Prefix + "*")) DeleteIfLeft(left);

        var root = Directory.CreateTempSubdirectory(Prefix).FullName;
        var mark = new FileStream(Path.Combine(root, Mark), FileMode.CreateNew, FileAccess.Write, FileShare.None);
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            mark.Dispose();
            DeleteIfLeft(root);
        };
        return root;
    });

    private static int count;

    public static string Create() => Directory.CreateDirectory(Path.Combine(Root.Value, $"{Interlocked.Increment(ref count)}")).FullName;

    // The mark is locked for as long as its process lives; one without a mark is just being made, or somebody else's.
    private static void DeleteIfLeft(string root)
    {
        try
        {
            var file = Path.Combine(root, Mark);
            if (!File.Exists(file)) return;
            using (new FileStream(file, FileMode.Open, FileAccess.Write, FileShare.None))
            {
                foreach (var folder in Directory.EnumerateDirectories(root)) Directory.Delete(folder, recursive: true);
            }

            Directory.Delete(root, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // In use, or another process is deleting it.
        }
    }
}
