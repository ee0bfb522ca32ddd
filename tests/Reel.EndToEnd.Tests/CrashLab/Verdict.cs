using System.Collections.Concurrent;
using Reel.EndToEnd.Tests.Desk;
using Reel.Webhooks;

namespace Reel.EndToEnd.Tests.CrashLab;

/// <summary>Compares what callers were told, what Reel says, what the provider saw, what is stored and what receivers heard.</summary>
internal sealed class Verdict(ReelProcess reel, Provider provider, Letterbox letters, IReadOnlyDictionary<int, Shot> shots, Findings findings)
{
    /// <summary>What the provider answers for want of credits.</summary>
    private const int UnpaidStatus = 406;

    private static readonly ParallelOptions Side = new() { MaxDegreeOfParallelism = 8 };

    private readonly ConcurrentBag<Ending> endings = [];
    private Dictionary<string, List<Submit>> submits = [];

    public IReadOnlyCollection<Ending> Endings => endings;

    public IReadOnlyCollection<List<Submit>> Submits => submits.Values;

    /// <summary>Of how many requests an event was heard.</summary>
    public int Heard(string type) => endings.Count(ending => letters.About(ending.Id, type).Heard.IsCompleted);

    /// <summary>Waits until no request is under way, also none that nobody was told of, and no webhook is still to come.</summary>
    public async Task SettleAsync(CancellationToken giveUp)
    {
        using var caller = new Caller(reel);
        foreach (var status in (string[])["QUEUED", "PROCESSING"])
            while (!giveUp.IsCancellationRequested && (await ListAsync(caller, $"&status={status}")).Count > 0)
                await Task.Delay(500, CancellationToken.None);

        foreach (var id in await ListAsync(caller))
        {
            var ending = Ending.Of((await caller.ResultAsync(id)).Body!);
            foreach (var type in WebhookTypes.OfVideo.Where(type => MustBeHeard(ending, type)))
                await Task.WhenAny(letters.About(id, type).Heard, Task.Delay(Timeout.Infinite, giveUp));
        }
    }

    /// <summary>Finds whatever is not as it must be.</summary>
    public async Task JudgeAsync()
    {
        using var caller = new Caller(reel);
        var ids = await ListAsync(caller);
        await Parallel.ForEachAsync(ids, Side, async (id, _) =>
        {
            endings.Add(Ending.Of((await caller.ResultAsync(id)).Body!));
        });
        submits = (await provider.SubmitsAsync())
            .GroupBy(entry => (string)entry["parameters"]!["prompt"]!, entry => new Submit((int?)entry["status"], (bool)entry["accepted"]!))
            .ToDictionary(prompt => prompt.Key, prompt => prompt.ToList());

        JudgeLoss();
        foreach (var ofShot in endings.GroupBy(ending => ending.Shot)) Judge(shots[ofShot.Key], ofShot);
        using var stranger = new HttpClient();
        await Parallel.ForEachAsync(endings.Where(ending => ending.Status == "COMPLETED"), Side, (ending, _) => CompareAsync(ending, stranger));
    }

    private void JudgeLoss()
    {
        var known = endings.Select(ending => ending.Id).ToHashSet();
        foreach (var shot in shots.Values.Where(shot => !shot.Ids.All(known.Contains)))
            findings.Add(Breach.Lost, $"{shot} was answered with 200 and is not listed.");

        var prompts = endings.Select(ending => shots[ending.Shot].Prompt).ToHashSet();
        foreach (var (id, type) in letters.Told.Where(told => !known.Contains(told.RequestId)))
            findings.Add(Breach.WebhookFalse, $"A webhook told {type} of {id}, which Reel does not know.");

        foreach (var prompt in submits.Keys.Where(prompt => !prompts.Contains(prompt)))
            findings.Add(Breach.Lost, $"'{prompt}' was submitted to the provider, and Reel does not know it.");
    }

    /// <summary>All requests of one shot: one, but for those before it that ended for want of credits. After such an end the same key makes a new one.</summary>
    private void Judge(Shot shot, IEnumerable<Ending> ofShot)
    {
        // Ids sort newest first.
        var requests = ofShot.OrderBy(ending => ending.Id, StringComparer.Ordinal).ToList();
        var unpaid = requests.Skip(1).ToList();
        if (unpaid.Any(ending => shot.Key is null || ending is not { ErrorCode: "insufficient_credits", Charged: "no" }))
            findings.Add(Breach.DoubleRequest, $"{shot} is several requests: {string.Join("; ", requests)}.");

        var all = submits.GetValueOrDefault(shot.Prompt, []);
        var wrong = all.SkipLast(1).Count(submit => !submit.MayBeRepeated && submit.Status != UnpaidStatus);
        var refused = all.SkipLast(1).Count(submit => submit.Status == UnpaidStatus);
        if (wrong > 0 || refused > unpaid.Count)
            findings.Add(Breach.DoubleSubmit, $"{shot} was submitted again after what may have been accepted, or was refused: {string.Join(", ", all)}.");

        Judge(requests[0], shot, all.Count(submit => submit.Accepted));
        foreach (var ending in requests) JudgeWebhooks(ending, shot);
    }

    private void Judge(Ending ending, Shot shot, int accepted)
    {
        if (ending.Status is not ("COMPLETED" or "FAILED")) findings.Add(Breach.Unfinished, $"{shot} is {ending}.");

        // The provider refunds a job that failed.
        var charged = ending switch
        {
            { Status: "COMPLETED" } => ending.Charged == "yes" && accepted == 1,
            { ErrorCode: "provider_failed" } => ending.Charged == "no" && accepted == 1,
            { Charged: "no" } => accepted == 0,
            { Charged: "yes" } => accepted == 1,
            _ => ending.Charged == "unknown",
        };
        if (!charged) findings.Add(Breach.WrongCharge, $"{shot} was accepted {accepted} times and is {ending}.");

        var explained = ending.ErrorCode switch
        {
            null => ending.Status == "COMPLETED",
            "provider_failed" => shot.Prompt.EndsWith(LabProvider.Fails, StringComparison.Ordinal),
            "canceled" => shot.CancelAfter is not null,
            "submit_outcome_unknown" or "insufficient_credits" => true,
            _ => false,
        };
        if (!explained) findings.Add(Breach.Unexplained, $"{shot} is {ending}.");
    }

    private void JudgeWebhooks(Ending ending, Shot shot)
    {
        foreach (var type in WebhookTypes.OfVideo)
        {
            var mail = letters.About(ending.Id, type);
            if (MustBeHeard(ending, type) && !mail.Heard.IsCompleted)
                findings.Add(Breach.WebhookMissing, $"{shot} is {ending}, and of {mail.Attempts.Count} attempts to tell {type} none was heard.");

            if (mail.Attempts.IsEmpty) continue;
            if (!shot.Wants(type) || ending.Reached(type) == false)
                findings.Add(Breach.WebhookFalse, $"{shot} is {ending}, and a webhook told {type}, which did not happen or was not asked for.");
            var right = ending.Right(type, mail.Attempts.First().Timestamp);
            foreach (var attempt in mail.Attempts.Where(attempt => attempt != right))
                findings.Add(Breach.WebhookFalse, $"{shot} is {ending}, and a webhook said {attempt}.");
        }
    }

    /// <summary>It happened, as far as that can be told: by the end, by what a caller was answered, or because an attempt says so.</summary>
    private bool MustBeHeard(Ending ending, string type)
    {
        var shot = shots[ending.Shot];
        var isSeen = type == WebhookTypes.VideoProcessing && shot.WasSeenProcessing(ending.Id);
        return shot.Wants(type) && (ending.Reached(type) ?? (isSeen || !letters.About(ending.Id, type).Attempts.IsEmpty));
    }

    private async ValueTask CompareAsync(Ending ending, HttpClient stranger)
    {
        var saved = await stranger.GetByteArrayAsync(new Uri(ending.Output!));
        var theirs = await provider.FileAsync(ending.ProviderId!);
        if (!saved.AsSpan().SequenceEqual(theirs))
            findings.Add(Breach.WrongBytes, $"{shots[ending.Shot]} has {saved.Length} bytes that are not the provider's {theirs.Length}: {ending}.");
    }

    private static async Task<List<string>> ListAsync(Caller caller, string filter = "")
    {
        List<string> ids = [];
        for (string? cursor = ""; cursor is not null;)
        {
            var page = await caller.GetAsync($"/v2/requests?limit=100{filter}{cursor}");
            ids.AddRange(page.Body!["requests"]!.AsArray().Select(request => (string)request!["request_id"]!));
            cursor = page["next_cursor"] is { } next ? $"&cursor={Uri.EscapeDataString(next)}" : null;
        }

        return ids;
    }
}
