using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Reel.Cli.Terminal;

/// <summary>Standard output that says when nobody reads it any more. The runtime's own takes what is written then as written, and a command would go on for nobody.</summary>
internal static class StandardOutput
{
    private const int Descriptor = 1;

    // EPIPE, on Linux and macOS alike.
    private const int BrokenPipe = 32;

    /// <summary>A writer to it.</summary>
    public static TextWriter Open()
    {
        if (OperatingSystem.IsWindows() || !Console.IsOutputRedirected) return Console.Out;
        var stream = new FileStream(new SafeFileHandle(Descriptor, ownsHandle: false), FileAccess.Write, bufferSize: 0);

        // A file has no reader that could leave, and others may be writing to it: a position of our own would be wrong.
        return stream.CanSeek ? Console.Out : new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true };
    }

    /// <summary>Whether this is what a write comes to when nobody reads any more.</summary>
    public static bool IsReaderGone(IOException exception) => exception.HResult == BrokenPipe;
}
