using System.CommandLine;
using System.Globalization;
using Reel.Cli.Terminal;
using Reel.Client;

namespace Reel.Cli.Commands;

/// <summary><c>reel deliveries ID</c>.</summary>
internal sealed class DeliveriesCommand : ReelCommand
{
    private readonly Argument<string> id;
    private readonly Option<bool> redeliver = new("--redeliver") { Description = "Send the event of its end again." };

    public DeliveriesCommand()
        : base("deliveries", "Shows what became of a request's webhooks, attempt by attempt.")
    {
        id = AddId();
        Add(redeliver);
        Example("reel deliveries fe5e0481-fc94-85f9-85bd-115649ebc1d8");
        Example("reel deliveries fe5e0481-fc94-85f9-85bd-115649ebc1d8 --redeliver");
        Run(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, Session session, CancellationToken cancellationToken)
    {
        var (client, screen, wanted) = (session.Connect().Deliveries, session.Screen, parsed.GetRequiredValue(id));
        var isSent = parsed.GetValue(redeliver);
        var found = isSent ? [await client.RedeliverAsync(wanted, cancellationToken)] : await client.ListAsync(wanted, cancellationToken);
        if (screen.IsJson)
        {
            foreach (var one in found) screen.Write(one.Json);
            return ExitCode.Done;
        }

        screen.Write(["EVENT", "STATE", "AT", "VERDICT", "STATUS", "TEXT", "URL"], found.SelectMany(Rows));
        if (isSent) screen.Say($"It is being sent again. To see how that goes: reel deliveries {wanted}");
        else if (found.Count == 0) screen.Say("No webhook was told of anything yet.");
        return ExitCode.Done;
    }

    // Before its first attempt a delivery is a row as well.
    private static IEnumerable<IReadOnlyList<string?>> Rows(ReelDelivery one) => one.Attempts.Count == 0
        ? [[one.Type, State(one), Time(one.StartedAt), "", "", "", one.Url]]
        : one.Attempts.Select(attempt => new[]
        {
            one.Type, State(one), Time(attempt.At), attempt.Verdict, attempt.Status?.ToString(CultureInfo.InvariantCulture), attempt.Error ?? attempt.Answer, one.Url,
        });

    private static string State(ReelDelivery one) => one.Paused ? $"{one.State}, paused" : one.State;

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
