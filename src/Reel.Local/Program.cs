using System.CommandLine;
using Reel.Local.Demo;
using Reel.Local.Serve;

var root = new RootCommand("Reel on a desk: Kling videos rendered by Segmind, durably.")
{
    ServeCommand.Create(),
    DemoCommand.Create(),
};

// Long enough for downloads to be cut off (3 s), a paid submit to be answered (30 s) and Azurite to save its state (6 s), one after another; what is
// not done by then goes on after the next start.
var invocation = new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(45) };
return await root.Parse(args).InvokeAsync(invocation);
