namespace Reel.Local.Engine.Activities;

/// <summary>An activity that is to run, at least once.</summary>
/// <param name="Input">JSON.</param>
internal sealed record ActivityCall(long Instance, int Execution, int Task, string Name, string Input);
