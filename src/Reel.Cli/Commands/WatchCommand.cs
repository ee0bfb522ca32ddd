using System.CommandLine;
using Reel.Cli.Generating;
using Reel.Cli.Terminal;
using Reel.Cli.Watching;

namespace Reel.Cli.Commands;

/// <summary><c>reel watch ID...</c>: until all of them are over.</summary>
internal sealed class WatchCommand : ReelCommand
{
    private readonly Argument<string[]> ids = new("ID") { Description = "The requests' ids.", Arity = ArgumentArity.OneOrMore };

    public WatchCommand()
        : base("watch", "Shows how far requests are until all are over. Exit code 3 when one FAILED.")
    {
        ids.Validators.Add(CheckIds);
        Add(ids);
        Example("reel watch fe5e0481-fc94-85f9-85bd-115649ebc1d8");
        Example("reel watch $(reel list --status PROCESSING | cut -f1)");
        Run(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, Session session, CancellationToken cancellationToken)
    {
        var wanted = parsed.GetRequiredValue(ids).Distinct().ToList();
        var screen = session.Screen;
        session.Farewell = wanted.Count == 1 ? $"The render goes on. To come back to it: reel watch {wanted[0]}" : "The renders go on. To come back to them, run the same again.";

        // A server that is not there is told of at once; one that goes away in the middle is waited for.
        var client = session.Connect();
        foreach (var id in wanted) await client.Requests.StatusAsync(id, cancellationToken: cancellationToken);
        var ended = await Watcher.RunAsync(screen, session.ConnectPatiently(), wanted, screen.IsJson ? state => screen.Write(state.Json) : null, session.Time, cancellationToken);
        if (!screen.IsJson)
            screen.Write(["ID", "STATUS", "COST", "ERROR"], ended.Select(one => new[] { one.RequestId, one.Status, Prices.Show(one.Cost), one.ErrorCode }));
        foreach (var failed in ended.Where(one => one.IsFailed)) screen.Say(Failures.Describe(failed));
        return ended.Any(one => one.IsFailed) ? ExitCode.Failed : ExitCode.Done;
    }
}
