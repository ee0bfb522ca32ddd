using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace Reel.Emulator.Accounts;

/// <summary>Who is let in. Only the header x-api-key counts: a key sent as a bearer token is refused, as the provider does.</summary>
internal sealed partial class ApiKeys(IReadOnlyCollection<string>? known)
{
    // (assumed) No source states the text.
    private const string Invalid = "Invalid API key";

    /// <summary>Why a request is refused with 401; null when it may pass.</summary>
    public string? Refusal(HttpRequest request)
    {
        if (request.Headers.TryGetValue("x-api-key", out var values) && values is [{ Length: > 0 } key])
            return Form().IsMatch(key) && (known is null || known.Contains(key)) ? null : Invalid;
        return request.Headers.Authorization.Count > 0 ? Invalid : "Missing Authorization or x-api-key in header";
    }

    [GeneratedRegex(@"\ASG_[0-9a-fA-F]{16}\z")]
    private static partial Regex Form();
}
