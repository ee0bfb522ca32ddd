using System.Text;

namespace Reel.Cli.Bulk;

/// <summary>Files that are there whole or not at all, whenever the process is killed.</summary>
internal static class WholeFile
{
    /// <summary>Puts this text in the place of what is there.</summary>
    public static void Replace(string path, string text)
    {
        using (var file = new FileStream(path + ".new", FileMode.Create, FileAccess.Write))
        {
            file.Write(Encoding.UTF8.GetBytes(text));
            file.Flush(flushToDisk: true);
        }

        File.Move(path + ".new", path, overwrite: true);
    }
}
