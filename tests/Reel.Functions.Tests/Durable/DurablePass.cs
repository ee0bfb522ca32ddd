namespace Reel.Functions.Tests.Durable;

/// <summary>What a function is entered with, or asks for.</summary>
internal enum DurableMessage
{
    /// <summary>Its own start.</summary>
    Start,

    /// <summary>An activity; or that it ended.</summary>
    Activity,

    /// <summary>A timer; or that it fired.</summary>
    Timer,

    /// <summary>A sub-orchestration; or that it ended.</summary>
    Child,

    /// <summary>An external event.</summary>
    Event,
}

/// <summary>One pass of a function: what came in, each message in a pass of its own, and what it then asked for.</summary>
/// <param name="Data">Input, result or payload as JSON.</param>
internal sealed record DurablePass(DurableMessage Came, string Data, List<DurableRequest> Asked);

/// <summary>What a function asks for.</summary>
/// <param name="Input">As JSON; empty for a timer.</param>
internal sealed record DurableRequest(DurableMessage Kind, string Input);
