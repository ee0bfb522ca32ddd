using System.Text.Json;
using Reel.Models;

namespace Reel.Generations;

/// <summary>Renders that take about the same time: of one model, duration and mode. Written as <c>model/duration-mode</c>.</summary>
public static class RenderKind
{
    private const double TypicalSeconds = 180; // For a model that was taken out of the catalogue meanwhile.

    /// <summary>Of which kind a request's render is.</summary>
    /// <param name="parameters">The model's parameters as a JSON object, validated.</param>
    public static string Of(string model, string parameters)
    {
        using var sent = JsonDocument.Parse(parameters);
        return $"{model}/{ValueOf("duration")}-{ValueOf("mode")}";

        string ValueOf(string name) => (sent.RootElement.TryGetProperty(name, out var value) ? value
            : ModelCatalog.Find(model)?.Parameters.FirstOrDefault(parameter => parameter.Name == name)?.Default)?.ToString() ?? "any";
    }

    /// <summary>The seconds that the page of a model, or of a kind's model, says.</summary>
    public static double TypicalSecondsOf(string modelOrKind) => ModelCatalog.Find(modelOrKind.Split('/')[0])?.TypicalTime.TotalSeconds ?? TypicalSeconds;
}
