using System.Collections.Concurrent;
using System.Security.Cryptography;
using Reel.Emulator.Accounts;
using Reel.Emulator.Faults;
using Reel.Emulator.Media;
using Reel.Emulator.Models;

namespace Reel.Emulator.Jobs;

/// <summary>The jobs that were accepted and not yet forgotten.</summary>
internal sealed class JobStore(EmulatorOptions options, Account account, JobTimes times)
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<Guid, Job> jobs = new();
    private readonly ConcurrentDictionary<string, Guid> files = new();
    private readonly TimeProvider time = options.TimeProvider;
    private long lastNumber;
    private long lastSweep = options.TimeProvider.GetUtcNow().Ticks;

    public IEnumerable<Job> All => jobs.Values;

    /// <summary>Accepts and charges a job, or says the balance and the price that it does not cover.</summary>
    public (Job? Job, decimal Balance, decimal Price) TryAccept(ModelPage page, Render render, string? prompt, Strike strike)
    {
        Sweep();
        var markers = PromptMarkers.Read(prompt);
        var price = page.Price(render);
        var failure = strike.Failure ?? markers.Failure;
        if (!account.TryCharge(price, out var balance))
            return (null, balance, price);
        if (failure is not null)
            account.Add(price);

        var now = time.GetUtcNow();
        var number = Interlocked.Increment(ref lastNumber);
        var (queue, drawn) = times.Draw(number, page.TypicalSeconds);
        var duration = strike.RenderTime ?? (markers.AtOnce ? TimeSpan.FromMilliseconds(7) : drawn * markers.Slowness);
        DateTimeOffset? end = markers.Never ? null : now + queue + duration;
        var job = new Job
        {
            Id = Guid.NewGuid(),
            Number = number,
            Model = page.Slug,
            Prompt = prompt,
            CreatedAt = now,
            StartsAt = now + queue,
            EndsAt = end,
            Failure = failure,
            Cost = price,
            RemainingCredits = balance,
            RetryCount = markers.RetryCount,
            FileToken = RandomNumberGenerator.GetHexString(32, lowercase: true),
            Video = StockVideos.NameOf(render),
            GeneratedBytes = strike.GeneratedBytes,
            RecordExpiresAt = end + (strike.RecordLifetime ?? options.RecordLifetime),
            FileExpiresAt = end + (strike.FileLifetime ?? options.FileLifetime),
        };
        Put(job);
        return (job, balance, price);
    }

    /// <summary>Undoes the accepting of a job that nobody has been told of.</summary>
    public void TakeBack(Job job)
    {
        if (!jobs.TryRemove(job.Id, out _)) return;
        files.TryRemove(job.FileToken, out _);
        account.Add(job.Charged);
    }

    /// <summary>The job whose record can still be read.</summary>
    public Job? Find(string id) =>
        Guid.TryParseExact(id, "D", out var parsed) && jobs.TryGetValue(parsed, out var job) && !(job.RecordExpiresAt <= time.GetUtcNow()) ? job : null;

    /// <summary>The completed job whose video can still be downloaded.</summary>
    public Job? FindFile(string token) =>
        files.TryGetValue(token, out var id) && jobs.TryGetValue(id, out var job)
            && job.StateAt(time.GetUtcNow()) is JobState.Completed && !(job.FileExpiresAt <= time.GetUtcNow()) ? job : null;

    /// <summary>Puts a job as it now is in the place of what it was, and settles the account when that changes what it costs.</summary>
    public void Replace(Job before, Job after)
    {
        // Of two that change the same job at once, one wins; the other's change was to an older job and is dropped.
        if (jobs.TryUpdate(before.Id, after, before))
            account.Add(before.Charged - after.Charged);
    }

    /// <summary>Takes up a job that an earlier process accepted, or a later line about it. Only before the first request.</summary>
    public void Restore(Job job)
    {
        account.Add((jobs.TryGetValue(job.Id, out var before) ? before.Charged : 0) - job.Charged);
        Put(job);
        lastNumber = Math.Max(lastNumber, job.Number);
    }

    private void Put(Job job)
    {
        jobs[job.Id] = job;
        files[job.FileToken] = job.Id;
    }

    private void Sweep()
    {
        var now = time.GetUtcNow();
        var last = Interlocked.Read(ref lastSweep);
        if (now.Ticks - last < SweepInterval.Ticks || Interlocked.CompareExchange(ref lastSweep, now.Ticks, last) != last)
            return;
        foreach (var job in jobs.Values.Where(job => job.ForgottenAt <= now))
        {
            jobs.TryRemove(job.Id, out _);
            files.TryRemove(job.FileToken, out _);
        }
    }
}
