using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Reel.Benchmarks.Calls;
using Reel.Benchmarks.Processes;

namespace Reel.Benchmarks.Flight;

/// <summary>
/// Ten thousand requests in flight at once, through the desk as its users have it: with its default settings, against a provider as fast as the real
/// one (kling-2.6, 123 seconds, nine of ten within 0.75 to 1.35 times that). While they are, the API is called at a steady rate, and so is a server
/// that does nothing, in this process: what that takes is what the machine, busy as it is, makes anybody wait. Azurite, the emulated provider, the
/// load and the webhooks' receiver share the machine with the desk.
/// </summary>
internal sealed class FlightBenchmark : IBenchmark
{
    private const int Requests = 10_000;
    private const int Connections = 100;
    private const double SubmitsPerSecond = 300;
    private const double GetsPerSecond = 20;
    private const double PostsPerSecond = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(20);

    public string Name => "flight";

    public string Description => "Many requests in flight at once: memory, timers, the API meanwhile.";

    public async Task<IReadOnlyList<Figure>> RunAsync(BenchmarkRun run, CancellationToken cancellationToken)
    {
        var count = run.Scaled(Requests);
        await using var around = await Surroundings.StartAsync(run.Folder, speed: 1, cancellationToken);
        await using var receiver = await WebhookReceiver.StartAsync();
        var (desk, url) = await around.ServeAsync(cancellationToken);
        await using var running = desk;
        using var crowd = new ApiClient(url, Connections);
        using var caller = new ApiClient(url, Connections);
        var idle = ProcFiles.Rss(desk.Id);

        var flight = new FlightLog(count);
        var memory = new MemoryWatch(desk.Id);
        var gets = new ApiProbe(GetsPerSecond, (number, token) => flight.AnId(number) is { } id ? caller.IsFoundAsync($"/v2/requests/{id}/status", token) : Task.FromResult(true));
        var posts = new ApiProbe(PostsPerSecond, async (number, token) => await caller.SubmitAsync($"one more, {number}", receiver.Url, token) is not null);
        var nothing = new ApiProbe(GetsPerSecond, (_, token) => caller.IsFoundAsync(receiver.NothingUrl, token));
        try
        {
            run.Say($"submitting {count:#,0} at {SubmitsPerSecond}/s");
            await SubmitAsync(crowd, flight, receiver.Url, cancellationToken);
            flight.HeardWhenSubmitted = receiver.All.Count;
            await HearAsync(run, flight, receiver, desk, cancellationToken);
        }
        finally
        {
            await posts.DisposeAsync();
            await gets.DisposeAsync();
            await nothing.DisposeAsync();
            await memory.DisposeAsync();
        }

        var cpu = new[] { desk.Id, around.AzuriteId, around.EmulatorId, Environment.ProcessId }.Select(ProcFiles.Cpu).ToList();
        var submits = await SubmitsSeenAsync(around.EmulatorUrl, cancellationToken);
        await desk.StopAsync(cancellationToken);
        var recorder = FlightRecorder.Read(Path.Combine(around.DataFolder, "engine.db"));

        var (start, submitted, ended) = (flight.StartedAt, flight.SubmittedAt, flight.EndedAt);
        var (get, post) = (gets.Between(start, ended), posts.Between(start, ended));
        return
        [
            new("requests", flight.Ids.Count, "", Target.Exactly(count)),
            new("completed", flight.Ids.Count(id => receiver.All.TryGetValue(id, out var heard) && heard.IsCompleted), "", Target.Exactly(count)),
            new("charged_twice", submits.Twice, "", Target.Exactly(0)),
            new("over_when_all_were_submitted", flight.HeardWhenSubmitted, "", Target.Exactly(0)),
            new("most_at_provider", recorder.MostRendering, ""),
            new("finished_after", Stopwatch.GetElapsedTime(start, ended).TotalSeconds, "s"),
            new("rss_idle", idle, "MiB"),
            new("rss_peak", memory.PeakRss, "MiB", Target.Below(600)),
            new("pss_peak", memory.PeakPss, "MiB", Target.Below(600)),
            new("timer_lateness_p50", recorder.Lateness.Median * 1000, "ms"),
            new("timer_lateness_p99", recorder.Lateness.Percentile(99) * 1000, "ms", Target.Below(1000)),
            new("timer_lateness_most", recorder.Lateness.Most * 1000, "ms"),
            new("timers", recorder.Lateness.Count, ""),
            new("api_get_p50", get.Median, "ms"),
            new("api_get_p99", get.Percentile(99), "ms", Target.Below(100)),
            new("api_get_p99_while_submitting", gets.Between(start, submitted).Percentile(99), "ms"),
            new("api_get_p99_afterwards", gets.Between(submitted, ended).Percentile(99), "ms"),
            new("api_post_p50", post.Median, "ms"),
            new("api_post_p99", post.Percentile(99), "ms", Target.Below(100)),
            new("api_post_p99_while_submitting", posts.Between(start, submitted).Percentile(99), "ms"),
            new("api_post_p99_afterwards", posts.Between(submitted, ended).Percentile(99), "ms"),
            new("nothing_get_p50", nothing.Between(start, ended).Median, "ms"),
            new("nothing_get_p99", nothing.Between(start, ended).Percentile(99), "ms"),
            new("api_failures", gets.Failed + posts.Failed, "", Target.Exactly(0)),
            new("crowd_submit_p50", flight.SubmitTimes.Median, "ms"),
            new("crowd_submit_p99", flight.SubmitTimes.Percentile(99), "ms"),
            new("accepted_to_submitted_p50", recorder.Submits.Median, "s"),
            new("accepted_to_submitted_p99", recorder.Submits.Percentile(99), "s"),
            new("check_p50", recorder.Checks.Median * 1000, "ms"),
            new("check_p99", recorder.Checks.Percentile(99) * 1000, "ms"),
            new("rendered_to_saved_p50", recorder.Saves.Median, "s"),
            new("rendered_to_saved_p99", recorder.Saves.Percentile(99), "s"),
            new("webhooks_repeated", receiver.Repeated, ""),
            new("webhooks_unsigned", receiver.Unsigned, "", Target.Exactly(0)),
            new("cpu_desk", cpu[0], "s"),
            new("cpu_azurite", cpu[1], "s"),
            new("cpu_emulator", cpu[2], "s"),
            new("cpu_load", cpu[3], "s"),
        ];
    }

    private static async Task SubmitAsync(ApiClient crowd, FlightLog flight, string webhookUrl, CancellationToken cancellationToken)
    {
        flight.StartedAt = Stopwatch.GetTimestamp();
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Task.Run(WorkAsync, cancellationToken)));
        flight.SubmittedAt = Stopwatch.GetTimestamp();

        async Task WorkAsync()
        {
            while (Interlocked.Increment(ref next) is var number && number < flight.Count)
            {
                var due = flight.StartedAt + (long)(number / SubmitsPerSecond * Stopwatch.Frequency);
                var timing = await ApiClient.TimeAsync(due, OneAsync, cancellationToken);
                flight.Add(timing);

                async Task<bool> OneAsync()
                {
                    if (await crowd.SubmitAsync($"a lighthouse in a storm, take {number}", webhookUrl, cancellationToken) is not { } id) return false;
                    flight.Ids.Enqueue(id);
                    return true;
                }
            }
        }
    }

    private static async Task HearAsync(BenchmarkRun run, FlightLog flight, WebhookReceiver receiver, ChildProcess desk, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        for (var second = 0; ; second++)
        {
            var heard = flight.Ids.Select(id => receiver.All.GetValueOrDefault(id)).OfType<Heard>().ToList();
            if (heard.Count == flight.Ids.Count || watch.Elapsed > Patience || desk.HasExited)
            {
                flight.EndedAt = heard.Count == 0 ? Stopwatch.GetTimestamp() : heard.Max(one => one.At);
                if (heard.Count < flight.Ids.Count) run.Say($"gave up; the desk said last: {desk.Errors}");
                return;
            }

            if (second % 10 == 0) run.Say($"{heard.Count:#,0} of {flight.Ids.Count:#,0} are over; load {Machine.Load:0.00}; RSS {ProcFiles.Rss(desk.Id):0} MiB");
            await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
        }
    }

    private static async Task<(int Accepted, int Twice)> SubmitsSeenAsync(Uri emulator, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { BaseAddress = emulator };
        var seen = await http.GetFromJsonAsync<JsonObject>("/emulator/requests?kind=submit&limit=1", cancellationToken);
        var summary = seen!["summary"]!;
        var twice = summary["submits_by_prompt"]!.AsObject().Count(prompt => prompt.Value!["accepted"]!.GetValue<int>() > 1);
        return (summary["accepted"]!.GetValue<int>(), twice);
    }
}
