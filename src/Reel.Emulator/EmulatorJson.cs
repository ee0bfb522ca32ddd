using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Reel.Emulator.Endpoints;
using Reel.Emulator.Faults;
using Reel.Emulator.Jobs;
using Reel.Emulator.Traffic;

namespace Reel.Emulator;

/// <summary>All JSON that is read or written here: snake case, what is null left out.</summary>
[JsonSerializable(typeof(SubmitAnswer))]
[JsonSerializable(typeof(RecordAnswer))]
[JsonSerializable(typeof(ErrorAnswer))]
[JsonSerializable(typeof(AccountAnswer))]
[JsonSerializable(typeof(FaultRule))]
[JsonSerializable(typeof(IReadOnlyList<FaultRuleReport>))]
[JsonSerializable(typeof(TrafficReport))]
[JsonSerializable(typeof(JournalLine))]
internal sealed partial class EmulatorJson : JsonSerializerContext
{
    /// <summary>Characters as they are: an escaped apostrophe or an escaped ã in an error or a prompt helps nobody here.</summary>
    public static EmulatorJson Wire { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
