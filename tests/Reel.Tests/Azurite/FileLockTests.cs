using Reel.Local.Azurite;

namespace Reel.Tests.Azurite;

public sealed class FileLockTests
{
    [Fact]
    public void What_is_held_cannot_be_taken_before_it_is_let_go()
    {
        var file = Path.GetTempFileName();
        try
        {
            using (var held = FileLock.TryTake(file))
            {
                Assert.NotNull(held);
                Assert.Null(FileLock.TryTake(file));
            }

            using var later = FileLock.TryTake(file);
            Assert.NotNull(later);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task What_no_waiting_mends_is_not_waited_for()
    {
        if (!OperatingSystem.IsLinux()) return;
        var waited = false;

        // No file can be made there: an IOException, as on a full or read-only disk.
        await Assert.ThrowsAnyAsync<IOException>(() => FileLock.TakeAsync("/proc/reel.lock", () => waited = true, CancellationToken.None));

        Assert.False(waited);
    }
}
