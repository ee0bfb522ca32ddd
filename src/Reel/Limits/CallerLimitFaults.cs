using System.ComponentModel.DataAnnotations;

namespace Reel.Limits;

/// <summary>What is wrong with limits, each in a line that names the setting.</summary>
public static class CallerLimitFaults
{
    /// <summary>Of values that make no sense, and of limits that would silently hold for nobody.</summary>
    /// <param name="section">Where the limits are set.</param>
    /// <param name="callers">The names that there are.</param>
    public static IEnumerable<string> Find(string section, IReadOnlyDictionary<string, CallerLimit> limits, IReadOnlyCollection<string> callers)
    {
        foreach (var (name, limit) in limits)
        {
            if (!callers.Contains(name, StringComparer.Ordinal)) yield return $"{section}__{name}: there is no key of that name.";

            var results = new List<ValidationResult>();
            Validator.TryValidateObject(limit, new ValidationContext(limit), results, validateAllProperties: true);
            foreach (var result in results) yield return $"{section}__{name}__{result.MemberNames.FirstOrDefault()}: {result.ErrorMessage}";
        }
    }
}
