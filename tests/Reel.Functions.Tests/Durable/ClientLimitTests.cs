using System.Runtime.CompilerServices;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Moq;
using Reel.Functions.Durable;
using Reel.Orchestration;

namespace Reel.Functions.Tests.Durable;

/// <summary>Calls to a host that gives no answer: who ends them, and when.</summary>
public sealed class ClientLimitTests
{
    private static readonly OrchestrationName<string, string> Work = new("Work");
    private static readonly TimeSpan Generous = TimeSpan.FromSeconds(60);

    private readonly HeldTime time = new();
    private readonly Mock<DurableTaskClient> inner = new(MockBehavior.Strict, "Reel");
    private readonly DurableOrchestrationClient client;

    public ClientLimitTests()
    {
        client = new DurableOrchestrationClient(new BoundDurableClient { Client = inner.Object }, time);
        inner.Setup(c => c.ScheduleNewOrchestrationInstanceAsync(
                It.IsAny<TaskName>(), It.IsAny<object?>(), It.IsAny<StartOrchestrationOptions?>(), It.IsAny<CancellationToken>()))
            .Returns((TaskName _, object? _, StartOrchestrationOptions? _, CancellationToken token) => NeverAsync<string>(token));
        inner.Setup(c => c.GetInstanceAsync(It.IsAny<string>(), It.IsAny<bool>(), It.IsAny<CancellationToken>()))
            .Returns((string _, bool _, CancellationToken token) => NeverAsync<OrchestrationMetadata?>(token));
        inner.Setup(c => c.GetAllInstancesAsync(It.IsAny<Microsoft.DurableTask.Client.OrchestrationQuery?>())).Returns(new NoPages());
        inner.Setup(c => c.RaiseEventAsync(It.IsAny<string>(), It.IsAny<string>(), It.IsAny<object?>(), It.IsAny<CancellationToken>()))
            .Returns((string _, string _, object? _, CancellationToken token) => NeverAsync<bool>(token));
        inner.Setup(c => c.TerminateInstanceAsync(It.IsAny<string>(), It.IsAny<object?>(), It.IsAny<CancellationToken>()))
            .Returns((string _, object? _, CancellationToken token) => NeverAsync<bool>(token));
        inner.Setup(c => c.PurgeAllInstancesAsync(It.IsAny<PurgeInstancesFilter>(), It.IsAny<CancellationToken>()))
            .Returns((PurgeInstancesFilter _, CancellationToken token) => NeverAsync<PurgeResult>(token));
    }

    public static TheoryData<string> Names => [.. Calls.Keys];

    private static Dictionary<string, Func<DurableOrchestrationClient, CancellationToken, Task>> Calls { get; } = new()
    {
        ["start"] = (client, token) => client.StartAsync(Work, "desk_1", "input", token),
        ["get"] = (client, token) => client.GetAsync("desk_1", token),
        ["list"] = (client, token) => client.ListAsync(new Reel.Orchestration.OrchestrationQuery("desk_"), token),
        ["raise"] = (client, token) => client.RaiseEventAsync("desk_1", "cancel", null, token),
        ["terminate"] = (client, token) => client.TerminateAsync("desk_1", "why", token),
        ["purge"] = (client, token) => client.PurgeAsync("desk_1", token),
    };

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_call_without_an_answer_is_given_up_after_a_minute_and_may_have_been_done(string name)
    {
        var call = Calls[name](client, CancellationToken.None);
        time.Pass(TimeSpan.FromSeconds(59));
        Assert.False(call.IsCompleted);

        time.Pass(TimeSpan.FromSeconds(60));

        var failure = await Assert.ThrowsAsync<OrchestrationUnavailableException>(() => call.WaitAsync(Generous));
        Assert.True(failure.MayHaveHappened);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_caller_who_leaves_ends_the_call(string name)
    {
        using var caller = new CancellationTokenSource();
        var call = Calls[name](client, caller.Token);

        await caller.CancelAsync();

        var gone = await Assert.ThrowsAsync<OperationCanceledException>(() => call.WaitAsync(Generous));
        Assert.Equal(caller.Token, gone.CancellationToken);
    }

    [Fact]
    public async Task Purging_takes_as_long_as_it_takes_and_ends_with_its_caller()
    {
        using var caller = new CancellationTokenSource();
        var purge = client.PurgeFinishedAsync(DateTimeOffset.UnixEpoch.AddYears(50), caller.Token);

        time.Pass(TimeSpan.FromHours(1));
        Assert.False(purge.IsCompleted);

        await caller.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => purge.WaitAsync(Generous));
    }

    private static async Task<T> NeverAsync<T>(CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.Infinite, cancellationToken);
        throw new InvalidOperationException("It has waited for ever.");
    }

    private sealed class NoPages : AsyncPageable<OrchestrationMetadata>
    {
        public override IAsyncEnumerable<Page<OrchestrationMetadata>> AsPages(string? continuationToken = null, int? pageSizeHint = null) => WaitAsync();

        private static async IAsyncEnumerable<Page<OrchestrationMetadata>> WaitAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            yield return await NeverAsync<Page<OrchestrationMetadata>>(cancellationToken);
        }
    }
}
