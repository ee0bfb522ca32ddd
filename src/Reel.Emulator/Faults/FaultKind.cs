namespace Reel.Emulator.Faults;

/// <summary>A kind of fault: where it makes sense, which members it needs and which it may have beyond those that every rule may have.</summary>
/// <param name="Shapes">It changes the job or the answer's manner and lets later rules speak; else it decides the answer.</param>
/// <param name="Accepts">Whether a struck submit makes a job, unless the rule says otherwise.</param>
internal sealed record FaultKind(string Name, Place Places, string[] Needs, string[] May, bool Shapes = false, bool Accepts = false)
{
    public static readonly string[] EveryRule = ["where", "kind", "model", "prompt_contains", "request_id", "times", "from", "probability"];

    public static readonly IReadOnlyDictionary<string, FaultKind> All = new FaultKind[]
    {
        // The answer, anywhere.
        new("status", Place.Any, ["status"], ["error", "body", "content_type", "headers", "accept"]),
        new("rate_limit", Place.Any, [], ["reset", "format", "seconds", "error", "accept"]),
        new("redirect", Place.Any, ["location"], ["status", "accept"]),
        new("hang", Place.Any, [], ["accept"]),
        new("reset", Place.Any, [], ["accept"]),
        new("reset_mid_body", Place.Any & ~Place.V1, [], ["bytes"], Accepts: true),
        new("not_json", Place.Any & ~Place.Download, [], ["status", "accept"], Accepts: true),
        new("no_request_id", Place.Submit, [], [], Accepts: true),
        new("backwards", Place.Reads, [], ["as"]),

        // The answer's manner.
        new("delay", Place.Any, ["seconds"], ["before"], Shapes: true),
        new("clock_skew", Place.Any, ["seconds"], [], Shapes: true),

        // The job.
        new("fail_job", Place.Intake | Place.Reads, [], ["error"], Shapes: true),
        new("render_time", Place.Intake, ["seconds"], [], Shapes: true),
        new("file_size", Place.Intake, ["bytes"], [], Shapes: true),
        new("expire_record", Place.Intake | Place.Reads, [], ["seconds"], Shapes: true),
        new("expire_file", Place.Intake | Place.Download, [], ["seconds"], Shapes: true),

        // The download.
        new("truncated", Place.Download, [], ["bytes"]),
        new("oversized", Place.Download, [], ["bytes"]),
        new("corrupt", Place.Download, [], []),
        new("empty", Place.Download, [], []),
        new("html", Place.Download, [], []),
        new("wrong_length", Place.Download, ["bytes"], []),
        new("no_length", Place.Download, [], []),
        new("range_ignored", Place.Download, [], []),
        new("range_refused", Place.Download, [], []),
        new("dribble", Place.Download, ["bytes_per_second"], []),
    }.ToDictionary(kind => kind.Name);
}
