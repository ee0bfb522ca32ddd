using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Reel.Limits;

namespace Reel.Api;

/// <summary>The callers' keys.</summary>
public sealed class ApiKeys(IOptions<ApiOptions> options)
{
    // Hashes have one length, so that comparing tells nothing of a key, not even how long it is.
    private readonly (Caller Caller, byte[] Hash)[] keys =
        [.. options.Value.Keys.Select(key => (new Caller(key.Key), SHA256.HashData(Encoding.UTF8.GetBytes(key.Value))))];

    /// <summary>There is at least one.</summary>
    public bool Any => keys.Length > 0;

    /// <summary>Whose key a request brings, in <c>x-api-key</c> or as a bearer token.</summary>
    /// <exception cref="ApiException">401: no key, or none that is known.</exception>
    public Caller Identify(HttpRequest request)
    {
        var given = request.Headers["x-api-key"].ToString();
        if (given.Length == 0 && request.Headers.Authorization.ToString() is ['B' or 'b', ..] bearer
            && bearer.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)) given = bearer["Bearer ".Length..].Trim();
        if (given.Length == 0) throw new ApiException(401, new ApiError("Missing Authorization or x-api-key in header", "unauthorized"));

        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(given));
        Caller? caller = null;
        foreach (var key in keys)
        {
            // All of them, whichever fits.
            if (CryptographicOperations.FixedTimeEquals(key.Hash, hash)) caller = key.Caller;
        }

        return caller ?? throw new ApiException(401, new ApiError("Invalid API key", "unauthorized"));
    }
}

/// <summary>Names and keys of a usable form, no key twice, and limits for names that there are. A key is never shown.</summary>
internal sealed partial class ApiKeysValidator : IValidateOptions<ApiOptions>
{
    public ValidateOptionsResult Validate(string? name, ApiOptions options)
    {
        var faults = new List<string>();
        foreach (var (id, key) in options.Keys)
        {
            if (!Name().IsMatch(id)) faults.Add($"Api__Keys__{id}: the name must have 1 to 32 lower-case letters, digits and hyphens.");
            if (key is not { Length: >= 16 and <= 200 } || key.Any(c => c is <= ' ' or > '~'))
                faults.Add($"Api__Keys__{id} must have 16 to 200 printable ASCII characters, without blanks.");
        }

        if (options.Keys.Values.Distinct(StringComparer.Ordinal).Count() < options.Keys.Count)
            faults.Add("Api__Keys__: two names have the same key; whose request would it be?");
        faults.AddRange(CallerLimitFaults.Find("Api__Limits", options.Limits, options.Keys.Keys));
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    [GeneratedRegex(@"\A[a-z0-9-]{1,32}\z")]
    private static partial Regex Name();
}
