namespace Reel.EndToEnd.Tests.Api;

/// <summary>A clock on which everything takes a twentieth of its time: dates, timestamps and timers alike.</summary>
internal sealed class FastTime : TimeProvider
{
    private const int Times = 20;

    private readonly DateTimeOffset start = System.GetUtcNow();
    private readonly long startStamp = System.GetTimestamp();

    public override long TimestampFrequency => System.TimestampFrequency / Times;

    public override DateTimeOffset GetUtcNow() => start + System.GetElapsedTime(startStamp) * Times;

    public override long GetTimestamp() => System.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        System.CreateTimer(callback, state, Shorten(dueTime), Shorten(period));

    private static TimeSpan Shorten(TimeSpan time) => time == Timeout.InfiniteTimeSpan ? time : time / Times;
}
