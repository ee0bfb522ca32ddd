using System.CommandLine;
using System.Globalization;
using Reel.Cli.Terminal;
using Reel.Client;

namespace Reel.Cli.Commands;

/// <summary><c>reel deliveries ID</c>.</summary>
internal sealed class DeliveriesCommand : ReelCommand
{
    private readonly Argument<string> id;
    private readonly Option<bool> redeliver = new("--redeliver") { Description = "Send the event of its end again, or that of --event." };
    private readonly Option<string?> chosen = new("--event") { Description = "With --redeliver: which one, by its type, such as video.queued, or its id.", HelpName = "event" };

    public DeliveriesCommand()
        : base("deliveries", "Shows what became of the webhooks of a request or a batch, attempt by attempt.")
    {
        id = AddId("The id of a request, as generate and list show it, or of a batch.");
        chosen.CompletionSources.Add([.. WebhookEventsOption.OfBatch]);
        Add(redeliver);
        Add(chosen);
        Example("reel deliveries fe5e0481-fc94-85f9-85bd-115649ebc1d8");
        Example("reel deliveries fe5e0481-fc94-85f9-85bd-115649ebc1d8 --redeliver");
        Example("reel deliveries fe5e0481-fc94-85f9-85bd-115649ebc1d8 --redeliver --event video.queued");
        Run(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, Session session, CancellationToken cancellationToken)
    {
        var (client, screen, wanted) = (session.Connect().Deliveries, session.Screen, parsed.GetRequiredValue(id));
        var isSent = parsed.GetValue(redeliver);
        var wish = parsed.GetValue(chosen);
        if (wish is not null && !isSent) throw new CommandException("--event goes with --redeliver.", ExitCode.Usage);
        IReadOnlyList<ReelDelivery> found = isSent
            ? [await OfEitherAsync(() => client.RedeliverAsync(wanted, wish, cancellationToken), () => client.RedeliverOfBatchAsync(wanted, wish, cancellationToken))]
            : await OfEitherAsync(() => client.ListAsync(wanted, cancellationToken), () => client.ListOfBatchAsync(wanted, cancellationToken));
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

    // The id does not say which of the two it is of.
    private static async Task<T> OfEitherAsync<T>(Func<Task<T>> ofRequest, Func<Task<T>> ofBatch)
    {
        try
        {
            return await ofRequest();
        }
        catch (ReelException unknown) when (unknown.Status == 404)
        {
            try
            {
                return await ofBatch();
            }
            catch (ReelException exception) when (exception.Status == 404)
            {
                throw new ReelException("There is no request and no batch of this id among yours", 404, unknown.Code) { Body = unknown.Body };
            }
        }
    }

    // Before its first attempt a delivery is a row as well.
    private static IEnumerable<IReadOnlyList<string?>> Rows(ReelDelivery one) => one.Attempts.Count == 0
        ? [[one.Type, State(one), Times.Show(one.StartedAt), "", "", "", one.Url]]
        : one.Attempts.Select(attempt => new[]
        {
            one.Type, State(one), Times.Show(attempt.At), attempt.Verdict, attempt.Status?.ToString(CultureInfo.InvariantCulture), attempt.Error ?? attempt.Answer, one.Url,
        });

    private static string State(ReelDelivery one) => one.Paused ? $"{one.State}, paused" : one.State;
}
