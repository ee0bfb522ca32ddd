using System.Diagnostics;
using Reel.EndToEnd.Tests.Azurite;
using Reel.EndToEnd.Tests.Desk;

namespace Reel.EndToEnd.Tests.CrashLab;

/// <summary>
/// Kills Reel again and again under load, starts it again on the same data, and looks in the end whether every promise was kept. Provider, storage
/// and receivers live on beside it; at every twentieth kill the storage dies as well.
/// </summary>
internal sealed class Lab : IDisposable
{
    // A moment that has not come by then does not come in this life.
    private static readonly TimeSpan MomentLimit = TimeSpan.FromSeconds(6);

    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(0.5);

    private readonly LabOptions options;
    private readonly Action<string> say;
    private readonly Traps traps;
    private readonly Front front = new();
    private readonly Findings findings = new();
    private readonly KillPlan plan;
    private readonly Stopwatch watch = Stopwatch.StartNew();
    private readonly SortedDictionary<Moment, int> kills = [];
    private readonly string data = TestFolder.Create();
    private readonly string folder = TestFolder.Create();
    private readonly LabStorage storage;
    private readonly LabProvider provider;
    private readonly Letterbox letters;
    private readonly Crowd crowd;
    private int missed;
    private int storageKills;

    private Lab(LabOptions options, Action<string> say, Traps traps, LabStorage storage, LabProvider provider, Letterbox letters)
    {
        this.options = options;
        this.say = say;
        this.traps = traps;
        this.storage = storage;
        this.provider = provider;
        this.letters = letters;
        plan = new KillPlan(options);
        crowd = new Crowd(options, front, traps, letters, findings);
    }

    /// <param name="say">Told how it goes.</param>
    public static async Task<LabReport> RunAsync(LabOptions options, Action<string> say)
    {
        var traps = new Traps();
        await using var storage = await LabStorage.StartAsync(traps);
        await using var provider = await LabProvider.StartAsync(options, traps);
        await using var letters = await Letterbox.StartAsync(options, traps);
        using var lab = new Lab(options, say, traps, storage, provider, letters);
        return await lab.RunAsync();
    }

    public void Dispose() => crowd.Dispose();

    private async Task<LabReport> RunAsync()
    {
        using var stop = new CancellationTokenSource();
        using var giveUp = new CancellationTokenSource();
        using var commits = new FileSystemWatcher(data, "engine.db-wal") { NotifyFilter = NotifyFilters.LastWrite | NotifyFilters.Size };
        commits.Changed += (_, _) => traps.Spring(Moment.Commit);
        commits.EnableRaisingEvents = true;
        var crowding = crowd.RunAsync(stop.Token, giveUp.Token);

        for (var number = 1; number <= options.Kills; number++)
        {
            await LiveAsync(number, plan.Next());
            if (number % 10 == 0) say($"{watch.Elapsed:hh\\:mm\\:ss}  {number} kills, {crowd.Shots.Count} requests, {crowd.Ended} ended");
        }

        await stop.CancelAsync();
        await provider.MendAsync();
        letters.Mend();
        say($"{watch.Elapsed:hh\\:mm\\:ss}  all mended; waiting for the last to end");
        giveUp.CancelAfter(options.SettleLimit);
        await using var last = await ReelProcess.ServeAsync(data, Settings());
        front.Open(last.Url);
        await crowding;

        var verdict = new Verdict(last, provider.Provider, letters, crowd.Shots, findings);
        await verdict.SettleAsync(giveUp.Token);
        say($"{watch.Elapsed:hh\\:mm\\:ss}  comparing");
        await verdict.JudgeAsync();
        if (options.Log is not null) await File.AppendAllTextAsync(options.Log, last.StandardError);
        return new LabReport(options, kills, missed, storageKills, crowd.Shots.Values.ToList(), verdict, findings, watch.Elapsed);
    }

    /// <summary>One process from its start to its kill.</summary>
    private async Task LiveAsync(int number, Kill kill)
    {
        await using var reel = ReelProcess.Launch(ReelProcess.Serve(data), Settings(), folder);
        var trap = traps.Arm(reel, kill);
        await LiveAsync(reel, trap, kill);
        if (reel.HasExited && !trap.Sprung.IsCompleted) findings.Add(Breach.Misbehaved, $"Reel ended by itself.{reel.Story}");

        await reel.KillAsync();
        traps.Disarm();
        front.Close();
        if (kill.Storage == StorageFate.DiesWith) await KillStorageAsync(TimeSpan.Zero);
        Count(kill, trap);
        if (options.Log is not null) await File.AppendAllTextAsync(options.Log, $"{reel.StandardError}\nkilled {number}: {kill}\n");
        if (kill.Aged) await storage.AgeAsync();
    }

    private async Task LiveAsync(ReelProcess reel, Trap trap, Kill kill)
    {
        if (kill.Moment == Moment.Start)
        {
            await Task.Delay(kill.Delay);
            return;
        }

        // The moment may come while it starts.
        var up = reel.WaitForLinesAsync(ReelProcess.GreetingLines);
        await Task.WhenAny(up, trap.Sprung);
        if (trap.Sprung.IsCompleted)
        {
            await up.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            return;
        }

        await up;
        front.Open(reel.Url);
        if (kill.Storage == StorageFate.DiesBefore) await KillStorageAsync(Outage);
        await (kill.Moment == Moment.Random ? Task.Delay(kill.Delay) : Task.WhenAny(trap.Sprung, Task.Delay(MomentLimit)));
    }

    private async Task KillStorageAsync(TimeSpan outage)
    {
        await storage.KillAsync();
        await Task.Delay(outage);
        await storage.RestartAsync();
        storageKills++;
    }

    private void Count(Kill kill, Trap trap)
    {
        var atItsMoment = trap.Sprung.IsCompleted || kill.Moment is Moment.Random or Moment.Start;
        var moment = atItsMoment ? kill.Moment : Moment.Random;
        kills[moment] = kills.GetValueOrDefault(moment) + 1;
        if (!atItsMoment) missed++;
    }

    private Dictionary<string, string?> Settings() => new(Letterbox.Settings)
    {
        ["AzureWebJobsStorage"] = storage.ConnectionString,
        ["Segmind__ApiKey"] = Provider.ApiKey,
        ["Segmind__BaseUrl"] = provider.Url.AbsoluteUri,
        ["Polling__Least"] = "00:00:00.3",
        ["Polling__Most"] = "00:00:01",
        ["Requests__Deadline"] = "1.00:00:00",
    };
}
