using System.Text.Json;
using Reel.Orchestration;

namespace Reel.Local.Engine.Turns;

/// <summary>A task that the orchestrator was given and that has not ended.</summary>
/// <param name="name">The activity's, orchestration's or event's name, for the exception.</param>
internal abstract class OpenTask(string name)
{
    protected string Name { get; } = name;

    /// <summary>For a timer, when it is due on the orchestrator's clock; UTC ticks.</summary>
    public long DueAt { get; set; }

    /// <summary>The wait for the token that cancels it; released with the task.</summary>
    public CancellationTokenRegistration Cancellation { get; set; }

    public abstract void Complete(string? json);

    public abstract void Fail(string reason);

    public abstract void Cancel(CancellationToken token);
}

/// <inheritdoc />
internal sealed class OpenTask<T>(string name) : OpenTask(name)
{
    // No RunContinuationsAsynchronously: it would send Task.WhenAll and Task.WhenAny to the thread pool, away from the turn.
    private readonly TaskCompletionSource<T> source = new();

    public Task<T> Task => source.Task;

    public override void Complete(string? json)
    {
        Cancellation.Dispose();
        T value;
        try
        {
            value = OrchestrationJson.Read<T>(json)!;
        }
        catch (Exception error) when (error is JsonException or NotSupportedException)
        {
            source.TrySetException(error);
            return;
        }

        source.TrySetResult(value);
    }

    public override void Fail(string reason)
    {
        Cancellation.Dispose();
        source.TrySetException(new TaskFailedException(Name, reason));
    }

    public override void Cancel(CancellationToken token) => source.TrySetCanceled(token);
}
