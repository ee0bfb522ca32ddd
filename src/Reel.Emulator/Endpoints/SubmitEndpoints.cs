using System.Globalization;
using Microsoft.AspNetCore.Http;
using Reel.Emulator.Faults;
using Reel.Emulator.Jobs;

namespace Reel.Emulator.Endpoints;

/// <summary>The two ways of ordering a video: be told an id, or wait for the bytes.</summary>
internal static class SubmitEndpoints
{
    private static readonly TimeSpan LongestStep = TimeSpan.FromSeconds(1);

    public static async Task SubmitAsync(Exchange exchange, string slug)
    {
        var (job, refusal) = await exchange.TakeInAsync(Place.Submit, slug);
        if (refusal is not null)
            await exchange.WriteAsync(refusal);
        else
            await exchange.SendAsync(job is null
                ? null : Answer.Json(200, RecordAnswers.Submitted(job, exchange.Root), EmulatorJson.Wire.SubmitAnswer));
    }

    /// <summary>Blocks until the job has ended, then answers with the video itself. A caller who leaves does not end the job.</summary>
    public static async Task RunAsync(Exchange exchange, string slug)
    {
        var (job, refusal) = await exchange.TakeInAsync(Place.V1, slug);
        if (refusal is not null)
        {
            await exchange.WriteAsync(refusal);
            return;
        }
        if (exchange.Strike.Decisive is not null)
        {
            // A fault here is an answer in the video's place, or none, so there is no point in waiting for the video.
            await exchange.SendAsync(job is null ? null : RecordAnswers.Result(job, JobState.Queued, exchange.Root));
            return;
        }

        var now = await EndAsync(exchange, job!);
        await exchange.WaitAsync(exchange.Strike.DelayAfter);
        if (now.Failure is not null)
        {
            // (assumed) FAILED and its 422 are v2's; the older endpoint knows no other answer than 500 for a render that failed.
            await exchange.WriteAsync(Answer.Error(500, now.Failure));
            return;
        }

        var headers = exchange.Context.Response.Headers;
        headers["x-request-id"] = now.Id.ToString();
        headers["x-cost"] = now.Cost.ToString(CultureInfo.InvariantCulture);
        headers["x-remaining-credits"] = now.RemainingCredits.ToString(CultureInfo.InvariantCulture);
        headers["x-generation-time"] = RecordAnswers.Total(now).ToString(CultureInfo.InvariantCulture);
        await Results.Stream(FileEndpoint.Open(now), "video/mp4").ExecuteAsync(exchange.Context);
    }

    private static async Task<Job> EndAsync(Exchange exchange, Job job)
    {
        while (job.StateAt(exchange.Provider.Now) is JobState.Queued or JobState.Processing)
        {
            // In short steps, and looked up again: a fault on a poll may end it early.
            var left = job.EndsAt - exchange.Provider.Now ?? LongestStep;
            await exchange.WaitAsync(left < LongestStep ? left : LongestStep);
            job = exchange.Provider.Jobs.Find(job.Id.ToString()) ?? job;
        }
        return job;
    }
}
