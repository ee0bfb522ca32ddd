using System.Net;

namespace Reel.EndToEnd.Tests.Emulator;

public sealed class JournalTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("reel-emulator-");

    private string File => Path.Combine(folder.FullName, "emulator.jsonl");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task Jobs_submits_and_the_balance_outlive_the_emulator()
    {
        var time = new TurnableTime();
        string id, failed;
        await using (var emulator = await TestEmulator.StartAsync(data: folder.FullName, time: time))
        {
            id = await emulator.AcceptedAsync("fox");
            failed = await emulator.AcceptedAsync("wolf");
            await emulator.FaultsAsync("""[{"where": "status", "kind": "fail_job", "error": "GPU on fire"}]""");
            using var fail = await emulator.Http.GetAsync($"/v2/requests/{failed}/status");
            using var refused = await emulator.PostAsync("/v2/kling-2.6", "{}");
        }

        for (var restart = 0; restart < 3; restart++)
        {
            await using var emulator = await TestEmulator.StartAsync(data: folder.FullName, time: time);
            time.Turn(TimeSpan.FromMinutes(12));
            var result = await emulator.GetJsonAsync($"/v2/requests/{id}");
            Assert.Equal("COMPLETED", result.GetProperty("status").GetString());
            using var video = await emulator.Http.GetAsync(new Uri(result.GetProperty("output").GetString()!));
            Assert.Equal(HttpStatusCode.OK, video.StatusCode);
            Assert.Equal("GPU on fire", (await emulator.GetJsonAsync($"/v2/requests/{failed}")).GetProperty("error").GetString());
            Assert.Equal(1_000_000 - 0.56m, await emulator.BalanceAsync());
            var seen = await emulator.GetJsonAsync("/emulator/requests?kind=submit");
            Assert.Equal(2, seen.GetProperty("summary").GetProperty("accepted").GetInt32());
            Assert.Equal([200, 200, 400], seen.GetProperty("requests").EnumerateArray().Select(one => one.GetProperty("status").GetInt32()));
        }
    }

    [Fact]
    public async Task What_is_forgotten_leaves_the_journal_but_not_the_balance()
    {
        var time = new TurnableTime();
        await using (var emulator = await TestEmulator.StartAsync(data: folder.FullName, time: time))
        {
            await emulator.AcceptedAsync("fox");
            using var cleared = await emulator.Http.DeleteAsync("/emulator/requests");
        }
        time.Turn(TimeSpan.FromDays(8));

        await using (var emulator = await TestEmulator.StartAsync(data: folder.FullName, time: time))
        {
            Assert.Equal(1_000_000 - 0.56m, await emulator.BalanceAsync());
            Assert.Equal(0, (await emulator.SummaryAsync()).GetProperty("total").GetInt32());
        }
        Assert.DoesNotContain("fox", await System.IO.File.ReadAllTextAsync(File), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_torn_last_line_is_dropped_and_the_next_line_starts_afresh()
    {
        string first, second;
        await using (var emulator = await TestEmulator.StartAsync(data: folder.FullName))
            first = await emulator.AcceptedAsync("fox");
        await System.IO.File.AppendAllTextAsync(File, """{"job":{"id":"9b2f6f4e-3f""");
        await using (var emulator = await TestEmulator.StartAsync(data: folder.FullName))
            second = await emulator.AcceptedAsync("wolf");

        await using var last = await TestEmulator.StartAsync(data: folder.FullName);
        foreach (var id in (string[])[first, second])
            Assert.Equal(id, (await last.GetJsonAsync($"/v2/requests/{id}/status")).GetProperty("request_id").GetString());
    }

    [Fact]
    public async Task A_line_that_is_damaged_before_the_last_stops_the_start_and_is_named()
    {
        await using (var emulator = await TestEmulator.StartAsync(data: folder.FullName))
            await emulator.AcceptedAsync();
        var lines = await System.IO.File.ReadAllLinesAsync(File);
        lines[1] = "{";
        await System.IO.File.WriteAllLinesAsync(File, lines);

        var error = await Assert.ThrowsAsync<InvalidDataException>(() => TestEmulator.StartAsync(data: folder.FullName));

        Assert.Contains("emulator.jsonl, line 2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_submit_that_cannot_be_kept_is_a_500_and_not_charged()
    {
        var isFull = true;
        await using (var emulator = await TestEmulator.StartAsync(data: folder.FullName, journalFault: () =>
        {
            if (isFull) throw new IOException("No space left on device");
        }))
        {
            using var refused = await emulator.SubmitAsync("fox");
            Assert.Equal(HttpStatusCode.InternalServerError, refused.StatusCode);
            Assert.Contains("disk is full", await refused.ErrorAsync(), StringComparison.Ordinal);
            Assert.Equal(1_000_000, await emulator.BalanceAsync());
            var summary = await emulator.SummaryAsync();
            Assert.Equal((1, 0), (summary.GetProperty("total").GetInt32(), summary.GetProperty("accepted").GetInt32()));
            isFull = false;
            await emulator.AcceptedAsync("wolf");
        }

        // No piece of the lines that failed is in the way of the next start.
        await using var next = await TestEmulator.StartAsync(data: folder.FullName);
        Assert.Equal(1_000_000 - 0.56m, await next.BalanceAsync());
        Assert.DoesNotContain("fox", await System.IO.File.ReadAllTextAsync(File), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_accepted_submit_is_answered_even_if_the_answer_cannot_be_kept()
    {
        var lines = 0;
        await using var emulator = await TestEmulator.StartAsync(data: folder.FullName, journalFault: () =>
        {
            if (++lines == 2) throw new IOException("No space left on device");
        });

        await emulator.AcceptedAsync();

        Assert.Equal(2, lines);
        Assert.Equal(1, (await emulator.SummaryAsync()).GetProperty("accepted").GetInt32());
    }

    [Fact]
    public async Task Two_emulators_cannot_share_a_folder()
    {
        await using var first = await TestEmulator.StartAsync(data: folder.FullName);

        var error = await Assert.ThrowsAsync<IOException>(() => TestEmulator.StartAsync(data: folder.FullName));

        Assert.Contains(folder.FullName, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whatever_was_answered_survives_a_kill()
    {
        var ids = new List<string>();
        using (var http = new HttpClient { DefaultRequestHeaders = { { "x-api-key", TestEmulator.Key } } })
        using (var emulator = await EmulatorProcess.StartAsync("--urls", "http://127.0.0.1:0", "--data", folder.FullName))
        {
            using var killing = new CancellationTokenSource();
            var submitting = Task.Run(async () =>
            {
                while (true)
                {
                    using var response = await http.PostAsync(
                        new Uri(emulator.Url, $"/v2/{TestEmulator.Text}"), TestEmulator.JsonBody("""{"prompt": "fox"}"""));
                    var id = (await response.JsonAsync()).GetProperty("request_id").GetString()!;
                    lock (ids) ids.Add(id);
                }
            });
            await Until.TrueAsync(() => { lock (ids) return Task.FromResult(ids.Count >= 200); });
            await emulator.KillAsync();
            await Assert.ThrowsAnyAsync<HttpRequestException>(() => submitting);
        }

        await using var next = await TestEmulator.StartAsync(data: folder.FullName);
        foreach (var id in ids)
            Assert.Equal(id, (await next.GetJsonAsync($"/v2/requests/{id}/status")).GetProperty("request_id").GetString());
        // The one whose answer was under way when the process died may or may not have been accepted.
        Assert.InRange((await next.SummaryAsync()).GetProperty("accepted").GetInt32(), ids.Count, ids.Count + 1);
    }
}
