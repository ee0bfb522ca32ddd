using System.Text;
using Reel.Local.Engine.History;
using Reel.Local.Engine.Store;
using Reel.Local.Engine.Timers;
using Reel.Orchestration;

namespace Reel.Local.Engine;

/// <inheritdoc cref="IOrchestrationClient" />
internal sealed class EmbeddedClient(EmbeddedEngine engine) : IOrchestrationClient
{
    private const int MaxPageSize = 1_000;

    public Task StartAsync<TInput, TOutput>(
        OrchestrationName<TInput, TOutput> orchestration, string instanceId, TInput input, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        return engine.Core.StartInstanceAsync(instanceId, orchestration.Name, OrchestrationJson.Write(input)).WaitAsync(cancellationToken);
    }

    public Task<OrchestrationInstance?> GetAsync(string instanceId, CancellationToken cancellationToken = default) =>
        Task.FromResult(engine.Core.Reader.Read(reads => reads.Get(instanceId)));

    /// <exception cref="ArgumentException">The page size is below 1, or the token is not one of ours, or of another list.</exception>
    public Task<OrchestrationPage> ListAsync(OrchestrationQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(query.PageSize, 1);
        var size = Math.Min(query.PageSize, MaxPageSize);
        var after = query.ContinuationToken is null ? null : Decode(query);
        var found = engine.Core.Reader.Read(reads => reads.List(query, after, size + 1));
        if (found.Count <= size) return Task.FromResult(new OrchestrationPage(found, null));
        found.RemoveAt(size);
        return Task.FromResult(new OrchestrationPage(found, Encode(found[^1].InstanceId)));
    }

    public Task<EventOutcome> RaiseEventAsync(string instanceId, string name, object? payload, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        var core = engine.Core;
        var raised = new InboundEvent(InboundKind.EventRaised, Name: name, Data: OrchestrationJson.Write(payload));
        return Outcome().WaitAsync(cancellationToken);

        async Task<EventOutcome> Outcome() => (await core.Writer.WriteAsync(Write, Post)).Outcome;

        (EventOutcome Outcome, long Key, Delivery? Delivery) Write(StoreWrites writes) => writes.Find(instanceId) switch
        {
            null => (EventOutcome.NotFound, 0, null),
            { IsFinished: true } => (EventOutcome.Finished, 0, null),
            var found => (EventOutcome.Raised, found.Key, writes.InsertMessage(found.Key, Delivery.AnyExecution, raised)),
        };

        void Post((EventOutcome Outcome, long Key, Delivery? Delivery) written)
        {
            if (written.Delivery is { } delivery) core.Mailboxes.Post(written.Key, delivery);
        }
    }

    public Task<bool> TerminateAsync(string instanceId, string reason, CancellationToken cancellationToken = default)
    {
        var core = engine.Core;
        return Outcome().WaitAsync(cancellationToken);

        // The state changes here and now; a turn that is under way finds it finished and is not written.
        async Task<bool> Outcome() => await core.Writer.WriteAsync(
            writes => writes.Find(instanceId) is { IsFinished: false } found ? End(writes, found) : null,
            ended =>
            {
                if (ended is null) return;
                core.Timers.Remove(ended.Timers);
                core.Activities.Drop(ended.Key);
                core.Cache.Take(ended.Key);
                if (ended.Answer is { } answer) core.Mailboxes.Post(ended.ParentKey, answer);
            }) is not null;

        Ended End(StoreWrites writes, StoredInstance found)
        {
            writes.Finish(found.Key, core.Now, RuntimeStatus.Terminated, null, reason);
            var (timers, _) = writes.DeleteWork(found.Key);
            writes.DeleteMessages(found.Key);
            var answer = found.Parent is { } parent
                ? writes.Answer(parent, RuntimeStatus.Terminated, null, $"It was terminated: {reason}")
                : null;
            return new Ended(found.Key, timers, found.Parent?.Instance ?? 0, answer);
        }
    }

    public Task<int> PurgeFinishedAsync(DateTimeOffset createdBefore, CancellationToken cancellationToken = default) =>
        engine.PurgeFinishedAsync(createdBefore, cancellationToken);

    public Task<bool> PurgeAsync(string instanceId, CancellationToken cancellationToken = default) =>
        engine.Core.Writer.WriteAsync(writes => writes.Find(instanceId) is { } found && writes.Purge(found.Key)).WaitAsync(cancellationToken);

    private static string Encode(string id) => Convert.ToBase64String(Encoding.UTF8.GetBytes(id));

    /// <summary>The id after which the page begins. One without the prefix would begin outside of the query's range, in what is another's.</summary>
    private static string Decode(OrchestrationQuery query)
    {
        const string Wrong = "The continuation token is not one that a page came with.";
        try
        {
            var id = Encoding.UTF8.GetString(Convert.FromBase64String(query.ContinuationToken!));
            return id.StartsWith(query.Prefix, StringComparison.Ordinal) ? id : throw new ArgumentException(Wrong);
        }
        catch (FormatException error)
        {
            throw new ArgumentException(Wrong, error);
        }
    }

    private sealed record Ended(long Key, List<DueTimer> Timers, long ParentKey, Delivery? Answer);
}
