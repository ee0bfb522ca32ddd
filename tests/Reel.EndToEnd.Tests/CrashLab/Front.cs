namespace Reel.EndToEnd.Tests.CrashLab;

/// <summary>Where Reel is at present. While it is nowhere, callers wait.</summary>
internal sealed class Front
{
    private volatile TaskCompletionSource<Uri> open = Create();

    public Task<Uri> UrlAsync(CancellationToken cancellationToken) => open.Task.WaitAsync(cancellationToken);

    public void Open(Uri url) => open.TrySetResult(url);

    public void Close()
    {
        if (open.Task.IsCompleted) open = Create();
    }

    private static TaskCompletionSource<Uri> Create() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
