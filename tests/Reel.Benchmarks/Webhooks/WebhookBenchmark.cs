using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Reel.Benchmarks.Flight;
using Reel.Benchmarks.Processes;
using Reel.Generations;
using Reel.Local.Engine;
using Reel.Orchestration;
using Reel.Webhooks;

namespace Reel.Benchmarks.Webhooks;

/// <summary>
/// Deliveries that are begun at a steady rate: most to a receiver that answers after 50 ms, the others to receivers that take the connection and never
/// answer, or only half of the times. With the engine, the limits and the services of a desk, in this process, which is warm; the receivers are in it too, and Azurite shares the machine. What counts is
/// how long after its event each of the healthy receiver's came.
/// </summary>
internal sealed class WebhookBenchmark(WebhookScenario scenario) : IBenchmark
{
    private const int WarmUps = 300;
    private const int DeadReceivers = 50;
    private const int Starters = 32;
    private static readonly TimeSpan AnswerTime = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    public string Name => scenario.Name;

    public string Description => scenario.Description;

    public async Task<IReadOnlyList<Figure>> RunAsync(BenchmarkRun run, CancellationToken cancellationToken)
    {
        var count = run.Scaled(scenario.Deliveries);
        await using var around = await Surroundings.StartAsync(run.Folder, speed: 1, cancellationToken);
        await using var receiver = await WebhookReceiver.StartAsync(AnswerTime);
        using var dead = new DeadReceivers(DeadReceivers, scenario.HangsOnHalf);
        using var host = Build(run.Folder, around.Storage);
        await host.StartAsync(cancellationToken);
        var client = host.Services.GetRequiredService<IOrchestrationClient>();

        // A process that has just started compiles what it runs.
        foreach (var number in Enumerable.Range(count, WarmUps)) await BeginAsync(number, receiver.Url);
        for (var watch = Stopwatch.StartNew(); receiver.All.Count < WarmUps && watch.Elapsed < Patience;)
            await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken);

        run.Say($"beginning {count:#,0} deliveries at {scenario.StartsPerSecond}/s, every {scenario.BadShare}th to one of {DeadReceivers} receivers that hang");
        var begun = new long[count];
        var start = Stopwatch.GetTimestamp();
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, Starters).Select(_ => Task.Run(StartAsync, cancellationToken)));
        var took = Stopwatch.GetElapsedTime(start);

        var healthy = Enumerable.Range(0, count).Where(number => !IsDead(number)).ToList();
        for (var watch = Stopwatch.StartNew(); receiver.All.Count < healthy.Count + WarmUps && watch.Elapsed < Patience;)
            await Task.Delay(TimeSpan.FromMilliseconds(200), cancellationToken);
        var waits = new Sample(healthy.Where(number => receiver.All.ContainsKey(IdOf(number)))
            .Select(number => Stopwatch.GetElapsedTime(begun[number], receiver.All[IdOf(number)].At).TotalMilliseconds));
        var held = dead.Hanging;
        await host.StopAsync(cancellationToken);

        return
        [
            new("healthy_deliveries", healthy.Count, ""),
            new("heard", waits.Count, "", Target.Exactly(healthy.Count)),
            new("started_per_second", count / took.TotalSeconds, "1/s"),
            new("event_to_receipt_p50", waits.Median, "ms"),
            new("event_to_receipt_p99", waits.Percentile(99), "ms", Target.Below(2_000)),
            new("event_to_receipt_most", waits.Most, "ms"),
            new("attempts_that_hung", held, ""),
            new("webhooks_repeated", receiver.Repeated, "", Target.Exactly(0)),
            new("webhooks_unsigned", receiver.Unsigned, "", Target.Exactly(0)),
            new("cpu", ProcFiles.Cpu(Environment.ProcessId), "s"),
            new("cpu_azurite", ProcFiles.Cpu(around.AzuriteId), "s"),
        ];

        async Task StartAsync()
        {
            while (Interlocked.Increment(ref next) is var number && number < count)
            {
                var wait = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), start + (long)(number / scenario.StartsPerSecond * Stopwatch.Frequency));
                if (wait > TimeSpan.Zero) await Task.Delay(wait, cancellationToken);
                begun[number] = Stopwatch.GetTimestamp();
                await BeginAsync(number, IsDead(number) ? dead.Urls[number / scenario.BadShare % DeadReceivers] : receiver.Url);
            }
        }

        Task BeginAsync(int number, string url) => client.StartAsync(
            WebhookDelivery.Name, InstanceIds.OfDelivery("local", IdOf(number), WebhookTypes.VideoCompleted), Event(number, url), cancellationToken);
    }

    private bool IsDead(int number) => number % scenario.BadShare == scenario.BadShare / 2;

    private static string IdOf(int number) => new Guid(number, 0, 0, new byte[8]).ToString();

    private static WebhookEvent Event(int number, string url)
    {
        var (id, now) = (IdOf(number), TimeProvider.System.GetUtcNow());
        var request = new GenerationRequest(id, "local", "kling-2.6", """{"prompt": "a lighthouse in a storm"}""", now, now.AddMinutes(30), new PollSchedule(120, 4, 60), "http://127.0.0.1", url);
        var state = new GenerationState(
            GenerationStatus.Completed, Stage.Done, now, now, now, id, Charged: Charged.Yes, Video: new SavedVideo(SavedVideo.NameOf("local", id), 48_135, new string('0', 64), "video/mp4"));
        return VideoEvent.Of(request, state, now)!;
    }

    private IHost Build(string folder, string storage)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["AzureWebJobsStorage"] = storage,
            ["Segmind:ApiKey"] = "SG_00112233aabbccdd",
            ["Webhooks:Secret"] = Surroundings.WebhookSecret,
            ["Webhooks:AllowPrivateNetworks"] = "true",
        });
        builder.Services.AddSingleton(scenario.Capacity).AddReel(builder.Configuration);
        builder.Services.AddEmbeddedEngine(ReelServices.CreateCatalog(), engine =>
        {
            engine.DataFolder = Path.Combine(folder, "engine");
            scenario.Limit(engine);
        });
        return builder.Build();
    }
}
