using System.Text.Json;
using Reel.Models;

namespace Reel.Api;

/// <summary>The field <c>webhook_events</c>: what a webhook is told of.</summary>
internal static class WebhookEventsField
{
    /// <summary>
    /// The types that were chosen, each once and in the order of <paramref name="known"/>; null when nothing was said of them. What is wrong is noted.
    /// </summary>
    public static IReadOnlyList<string>? Read(ReservedFields ours, IReadOnlyList<string> known, SortedDictionary<string, string> errors)
    {
        if (ours.Field(ReservedFields.WebhookEvents) is not { } field) return null;

        var chosen = new HashSet<string>(StringComparer.Ordinal);
        if (FaultIn(field, known, chosen) is { } fault) errors.TryAdd(ReservedFields.WebhookEvents, fault);
        return [.. known.Where(chosen.Contains)];
    }

    private static string? FaultIn(JsonElement field, IReadOnlyList<string> known, HashSet<string> chosen)
    {
        var rule = $"must be a list of any of {string.Join(", ", known)}";
        if (field.ValueKind != JsonValueKind.Array) return $"{rule}; got {JsonText.Show(field)}";
        foreach (var item in field.EnumerateArray())
        {
            var type = item.ValueKind == JsonValueKind.String ? JsonText.Read(item) : null;
            if (type is null || !known.Contains(type))
                return $"{rule}; got {JsonText.Show(item)} in it{(type is not null && Spelling.Nearest(type, known) is { } meant ? $": did you mean \"{meant}\"?" : "")}";
            chosen.Add(type);
        }

        return null;
    }
}
