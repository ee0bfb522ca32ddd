using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Reel.Limits;
using Reel.Models;

namespace Reel.Api;

/// <summary>POST /v2/{model}?dry_run=true: what a submit would do, without doing it.</summary>
internal static class DryRun
{
    /// <summary>The query parameter.</summary>
    public const string Parameter = "dry_run";

    /// <summary>Whether it is asked for. What is neither yes nor no is noted: to take it for a no would cost money.</summary>
    public static bool IsWanted(HttpRequest request, SortedDictionary<string, string> errors)
    {
        var text = request.Query[Parameter].ToString();
        if (request.Query.ContainsKey(Parameter) && !bool.TryParse(text, out _)) errors.TryAdd(Parameter, "must be true or false");
        return bool.TryParse(text, out var isWanted) && isWanted;
    }

    /// <summary>The answer for parameters that are valid.</summary>
    /// <param name="parameters">As they would be sent on.</param>
    public static IResult Answer(VideoModel model, string parameters, LimitRefusal? refusedBy)
    {
        var sent = JsonElement.Parse(parameters);
        var answer = new DryRunAnswer(
            true,
            model.Slug,
            PriceEstimate.Complete(model, sent),
            PriceEstimate.Of(model, sent),
            model.TypicalTime.TotalSeconds,
            refusedBy is null ? null : LimitAnswer.Of(refusedBy));
        return TypedResults.Json(answer, ApiJson.Types.DryRunAnswer);
    }
}

/// <summary>What a submit would do.</summary>
/// <param name="Parameters">As the provider takes them, its defaults included.</param>
/// <param name="PriceUsd">What it will cost, from and to; null, and shown as null, when no price is published.</param>
/// <param name="TypicalSeconds">From submit to finished video.</param>
/// <param name="RefusedBy">The caller's limit that would refuse it now; left out when none would.</param>
internal sealed record DryRunAnswer(
    bool DryRun,
    string Model,
    IReadOnlyDictionary<string, JsonElement> Parameters,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] PriceRange? PriceUsd,
    double TypicalSeconds,
    LimitAnswer? RefusedBy);
