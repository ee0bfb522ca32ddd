using System.Runtime.InteropServices;

namespace Reel.EndToEnd.Tests.Desk;

/// <summary>
/// A disk that is full, for one process, without filling one and without being root: the kernel refuses to write past this size in any file (EFBIG).
/// Linux only.
/// </summary>
internal static class FileSizeLimit
{
    private const int FileSize = 1; // RLIMIT_FSIZE

    /// <summary>Starts a program so that the refusal is an error, not the signal that ends it.</summary>
    public static readonly string[] Survivable = ["/bin/sh", "-c", "trap '' XFSZ; exec \"$0\" \"$@\""];

    /// <summary>Sets it in a running process.</summary>
    public static void Set(int processId, long bytes) => Change(processId, limits => limits with { Soft = (nuint)bytes });

    /// <summary>There is room again.</summary>
    public static void Lift(int processId) => Change(processId, limits => limits with { Soft = limits.Hard });

    private static void Change(int processId, Func<Limits, Limits> change)
    {
        Assert.True(Get(processId, FileSize, 0, out var limits) == 0, $"prlimit: error {Marshal.GetLastPInvokeError()}");
        limits = change(limits);
        Assert.True(Set(processId, FileSize, in limits, 0) == 0, $"prlimit: error {Marshal.GetLastPInvokeError()}");
    }

    [DllImport("libc", EntryPoint = "prlimit", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Get(int processId, int resource, nint none, out Limits limits);

    [DllImport("libc", EntryPoint = "prlimit", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Set(int processId, int resource, in Limits limits, nint none);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Limits(nuint Soft, nuint Hard);
}
