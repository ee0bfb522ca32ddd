using System.CommandLine;
using Reel.Local.Demo;
using Reel.Local.Serve;

var stopsAreHeard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
var root = new RootCommand("Reel on a desk: Kling videos rendered by Segmind, durably.")
{
    ServeCommand.Create(stopsAreHeard.Task),
    DemoCommand.Create(stopsAreHeard.Task),
};

// Long enough for downloads to be cut off (3 s), a paid submit to be answered (30 s) and Azurite to save its state (6 s), one after another; what is
// not done by then goes on after the next start.
var invocation = new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(45) };
var running = root.Parse(args).InvokeAsync(invocation);

// InvokeAsync listens for Ctrl+C and SIGTERM only once the command has given it a task, that is at its first wait.
stopsAreHeard.SetResult();
return await running;
