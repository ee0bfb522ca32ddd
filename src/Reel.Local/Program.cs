using System.CommandLine;
using Reel.Local.Demo;
using Reel.Local.Serve;

var root = new RootCommand("Reel on a desk: Kling videos rendered by Segmind, durably.")
{
    ServeCommand.Create(),
    DemoCommand.Create(),
};

// Long enough for activities under way to end and for Azurite to save its state; what is not done by then goes on after the next start.
var invocation = new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(20) };
return await root.Parse(args).InvokeAsync(invocation);
