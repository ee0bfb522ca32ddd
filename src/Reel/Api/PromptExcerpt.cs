using System.Text.Json;

namespace Reel.Api;

/// <summary>The beginning of a request's prompt, for lists: a page of whole prompts could be megabytes.</summary>
internal static class PromptExcerpt
{
    /// <summary>In UTF-16 units.</summary>
    public const int MaxLength = 300;

    /// <summary>From the model's parameters as JSON; null where they have no prompt.</summary>
    public static string? Of(string parameters)
    {
        using var document = JsonDocument.Parse(parameters);
        if (!document.RootElement.TryGetProperty("prompt", out var value) || value.ValueKind != JsonValueKind.String) return null;

        var prompt = value.GetString()!;
        if (prompt.Length <= MaxLength) return prompt;

        // Half a character is none.
        var length = char.IsHighSurrogate(prompt[MaxLength - 1]) ? MaxLength - 1 : MaxLength;
        return prompt[..length];
    }
}
