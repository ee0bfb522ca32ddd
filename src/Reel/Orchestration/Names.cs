namespace Reel.Orchestration;

/// <summary>An activity's name, with the types of what goes in and what comes out. The name is part of recorded histories.</summary>
public sealed record ActivityName<TInput, TOutput>(string Name);

/// <summary>An orchestration's name, with the types of what goes in and what comes out. The name is part of recorded histories.</summary>
public sealed record OrchestrationName<TInput, TOutput>(string Name);
