using Reel.Cli;

return await CommandLine.RunAsync(args);
