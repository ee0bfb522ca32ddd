using Microsoft.AspNetCore.Http;
using Reel.Models;

namespace Reel.Api;

/// <summary>
/// The query parameters of a call that spends money: one that is not known is refused. Whoever misspells <c>dry_run</c>, or sends it where there is none,
/// wants no video.
/// </summary>
internal static class SpendingQuery
{
    /// <summary>What is wrong, by parameter.</summary>
    /// <param name="known">The parameters that the call has; case makes no difference, as elsewhere.</param>
    public static IEnumerable<(string Name, string Fault)> Faults(IQueryCollection query, IReadOnlyCollection<string> known)
    {
        var fault = known.Count == 0 ? "is not known: this call has no query parameters" : $"is not a query parameter of this call, which has {string.Join(", ", known)}";
        return query.Keys.Where(name => !known.Contains(name, StringComparer.OrdinalIgnoreCase)).Select(name => (JsonText.Shorten(name), fault));
    }

    /// <summary>Refuses a call that has no query parameters.</summary>
    /// <exception cref="ApiException">400: it was sent with some.</exception>
    public static void AssertNone(IQueryCollection query)
    {
        var errors = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, fault) in Faults(query, [])) errors.TryAdd(name, fault);
        if (errors.Count > 0) throw new ApiException(400, ApiError.Invalid(errors));
    }
}
