using Reel.Emulator.Jobs;
using Reel.Emulator.Media;

namespace Reel.Emulator.Endpoints;

/// <summary>What the provider tells of a job in each state. <c>root</c> is the URL by which the caller reached it.</summary>
internal static class RecordAnswers
{
    public static SubmitAnswer Submitted(Job job, string root) =>
        new("QUEUED", job.Id, $"{root}/v1/requests/{job.Id}", StatusUrl(job, root), ResponseUrl(job, root));

    public static Answer Status(Job job, JobState state, string root) => state switch
    {
        JobState.Completed => Ok(new RecordAnswer("COMPLETED", job.Id, Metrics: new MetricsAnswer(InferenceTime: Inference(job)))),
        JobState.Failed => Failed(job),
        _ => Working(job, state, root),
    };

    public static Answer Result(Job job, JobState state, string root) => state switch
    {
        JobState.Completed => Ok(new RecordAnswer(
            "COMPLETED", job.Id, Output: FileUrl(job, root), Video: Video(job, root),
            Metrics: new MetricsAnswer(job.Cost, job.RemainingCredits, Inference(job), Queue(job), Total(job), job.RetryCount))),
        JobState.Failed => Failed(job),
        // (assumed) Asked too early, the result endpoint says what the status endpoint says.
        _ => Working(job, state, root),
    };

    // The sum of its parts as they are shown: rounded by itself it could miss them by a thousandth.
    public static double Total(Job job) => Math.Round(Inference(job) + Queue(job), 3);

    public static long LengthOf(Job job) => job.GeneratedBytes ?? StockVideos.Get(job.Video).Length;

    public static Answer Working(Job job, JobState state, string root) => Ok(new RecordAnswer(
        state is JobState.Queued ? "QUEUED" : "PROCESSING", job.Id,
        StatusUrl: StatusUrl(job, root), ResponseUrl: ResponseUrl(job, root), Metrics: new MetricsAnswer()));

    private static Answer Failed(Job job) => Answer.Json(
        422,
        new RecordAnswer("FAILED", Error: job.Failure, Metrics: new MetricsAnswer(
            InferenceTime: Inference(job), QueueTime: Queue(job), TotalTime: Total(job), RetryCount: job.RetryCount)),
        EmulatorJson.Wire.RecordAnswer);

    private static Answer Ok(RecordAnswer answer) => Answer.Json(200, answer, EmulatorJson.Wire.RecordAnswer);

    private static VideoAnswer Video(Job job, string root) => new(FileUrl(job, root), "video/mp4", $"{job.FileToken}.mp4", LengthOf(job));

    private static string StatusUrl(Job job, string root) => $"{root}/v2/requests/{job.Id}/status";

    private static string ResponseUrl(Job job, string root) => $"{root}/v2/requests/{job.Id}";

    private static string FileUrl(Job job, string root) => $"{root}/files/{job.FileToken}.mp4";

    private static double Inference(Job job) => Seconds(job.EndsAt!.Value - job.StartsAt);

    private static double Queue(Job job) => Seconds(job.StartsAt - job.CreatedAt);

    private static double Seconds(TimeSpan time) => Math.Round(time.TotalSeconds, 3);
}
