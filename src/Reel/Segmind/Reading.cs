namespace Reel.Segmind;

/// <summary>What a read told, before it is known whether the status or the result was asked for.</summary>
internal sealed record Reading(ReadingKind Kind, int StatusCode, RenderState State, RenderedVideo? Video, RenderMetrics Metrics, string Error)
{
    /// <summary>No answer that tells anything.</summary>
    public static Reading Unreachable(string error) => new(ReadingKind.Unreachable, 0, default, null, new(), error);

    /// <summary>
    /// What an answer tells. As the provider's SDK has it, COMPLETED and FAILED count whatever the status code. 422 is FAILED, whether it says
    /// so or not. A 404 that is not JSON comes from something on the way, and does not mean that the render is gone.
    /// </summary>
    public static Reading Of(ProviderAnswer answer)
    {
        var kind = (answer.StatusCode, answer.Record?.State) switch
        {
            (_, "COMPLETED") => ReadingKind.Completed,
            (_, "FAILED") => ReadingKind.Failed,
            (401 or 403, _) => ReadingKind.Refused,
            (422, null) when answer.Record is not null => ReadingKind.Failed,
            (404, _) when answer.Record is not null => ReadingKind.NotFound,
            ( >= 200 and < 300, "QUEUED" or "PROCESSING") => ReadingKind.Working,
            _ => ReadingKind.Unreachable,
        };
        return new(
            kind,
            answer.StatusCode,
            answer.Record?.State == "PROCESSING" ? RenderState.Processing : RenderState.Queued,
            kind == ReadingKind.Completed ? answer.Record?.RenderedVideo : null,
            answer.Record?.ReadMetrics() ?? new(),
            kind == ReadingKind.Unreachable ? ProviderText.Clean($"The provider answered {answer.StatusCode}: {answer.Error}") : answer.Error);
    }
}

/// <summary>The kinds of readings.</summary>
internal enum ReadingKind
{
    Working,
    Completed,
    Failed,
    NotFound,
    Unreachable,
    Refused,
}
