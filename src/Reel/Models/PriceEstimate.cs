using System.Text.Json;

namespace Reel.Models;

/// <summary>What a generation will cost, as far as that is known before.</summary>
public static class PriceEstimate
{
    /// <summary>
    /// The model's range, or an end of it where the parameters are those that this end is for; null when no price is published.
    /// </summary>
    /// <param name="parameters">As <see cref="ParameterValidator"/> lets them through.</param>
    public static PriceRange? Of(VideoModel model, JsonElement parameters)
    {
        if (model.Price is not { } range) return null;
        var all = Complete(model, parameters);
        if (AreIn(model.CheapestWith, all)) return new PriceRange(range.Low, range.Low);
        return AreIn(model.DearestWith, all) ? new PriceRange(range.High, range.High) : range;
    }

    /// <summary>The parameters as the provider takes them: those that are sent, and its defaults for the others.</summary>
    public static IReadOnlyDictionary<string, JsonElement> Complete(VideoModel model, JsonElement parameters)
    {
        var all = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var parameter in model.Parameters)
        {
            var value = parameters.TryGetProperty(parameter.Name, out var sent) ? sent : parameter.Default;
            if (value is { ValueKind: not JsonValueKind.Null } there) all[parameter.Name] = there;
        }

        return all;
    }

    private static bool AreIn(JsonElement? wanted, IReadOnlyDictionary<string, JsonElement> all) =>
        wanted?.EnumerateObject().All(one => all.TryGetValue(one.Name, out var value) && JsonElement.DeepEquals(value, one.Value)) ?? false;
}
