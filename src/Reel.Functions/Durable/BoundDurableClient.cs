using Microsoft.DurableTask.Client;

namespace Reel.Functions.Durable;

/// <summary>The client that the function's binding gave, for the services of one request: it cannot be had from the container.</summary>
public sealed class BoundDurableClient
{
    private DurableTaskClient? client;

    /// <summary>Set before anything asks for it.</summary>
    public DurableTaskClient Client
    {
        get => client ?? throw new InvalidOperationException("No durable client is bound to this scope.");
        set => client = value;
    }
}
