namespace Reel.Api;

/// <summary>What is wrong with a batch, by field, in the order of the input; no more than a caller can read.</summary>
internal sealed class BatchFaults
{
    private const int Most = 100;

    // In the words for people.
    private const int MostInWords = 10;

    private readonly Dictionary<string, string> faults = new(StringComparer.Ordinal);
    private int total;

    public bool Any => total > 0;

    public void Add(string field, string fault)
    {
        if (faults.Count < Most ? faults.TryAdd(field, fault) : !faults.ContainsKey(field)) total++;
    }

    /// <summary>400 with all of them.</summary>
    public ApiError ToError()
    {
        var more = total - faults.Count;
        var words = string.Join("; ", faults.Take(MostInWords).Select(fault => $"{fault.Key} {fault.Value}"));
        if (total > MostInWords) words += $"; and {total - MostInWords} more";
        if (more > 0) faults["more"] = $"{more} more faults like these";
        return new ApiError(words, "invalid_parameters", faults);
    }
}
