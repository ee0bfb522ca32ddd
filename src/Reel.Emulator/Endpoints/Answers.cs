using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Reel.Emulator.Endpoints;

/// <summary>An answer before it goes out, so that a fault can still make something else of it.</summary>
internal sealed record Answer(int Status, byte[] Body, string ContentType = "application/json", IReadOnlyDictionary<string, string>? Headers = null)
{
    public static Answer Json<T>(int status, T value, JsonTypeInfo<T> type) => new(status, JsonSerializer.SerializeToUtf8Bytes(value, type));

    public static Answer Error(int status, string message) => Json(status, new ErrorAnswer(message), EmulatorJson.Wire.ErrorAnswer);
}

/// <summary>What every error says.</summary>
internal sealed record ErrorAnswer(string Error);

/// <summary>The answer to a submit.</summary>
internal sealed record SubmitAnswer(string Status, Guid? RequestId = null, string? PollUrl = null, string? StatusUrl = null, string? ResponseUrl = null);

/// <summary>What is told of a job: the status endpoint and the result endpoint leave out different parts.</summary>
internal sealed record RecordAnswer(
    string Status,
    Guid? RequestId = null,
    string? Error = null,
    string? StatusUrl = null,
    string? ResponseUrl = null,
    string? Output = null,
    VideoAnswer? Video = null,
    MetricsAnswer? Metrics = null);

/// <summary>A finished video. <paramref name="FileSize"/> in bytes.</summary>
internal sealed record VideoAnswer(string Url, string ContentType, string FileName, long FileSize);

/// <summary>US dollars and seconds.</summary>
internal sealed record MetricsAnswer(
    decimal? Cost = null,
    decimal? RemainingCredits = null,
    double? InferenceTime = null,
    double? QueueTime = null,
    double? TotalTime = null,
    int? RetryCount = null);

/// <summary>The emulated account. In US dollars.</summary>
internal sealed record AccountAnswer([property: JsonRequired] decimal Credits);
