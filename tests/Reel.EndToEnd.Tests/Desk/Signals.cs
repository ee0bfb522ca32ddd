using System.Runtime.InteropServices;

namespace Reel.EndToEnd.Tests.Desk;

/// <summary>Signals, as a terminal or an init system sends them.</summary>
internal static class Signals
{
    /// <summary>Ctrl+C.</summary>
    public const int Interrupt = 2;

    /// <summary>Please end.</summary>
    public const int Terminate = 15;

    public static void Send(int processId, int signal) => Assert.Equal(0, Kill(processId, signal));

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int processId, int signal);
}
