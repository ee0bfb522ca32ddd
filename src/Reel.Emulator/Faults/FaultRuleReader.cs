using System.Text.Json;

namespace Reel.Emulator.Faults;

/// <summary>Reads the rules that someone PUT, and says in which rule what is wrong.</summary>
internal static class FaultRuleReader
{
    private static readonly string[] Resets = ["in_seconds", "past", "hour", "unparsable", "absent"];
    private static readonly string[] Formats = ["iso", "rfc1123", "unix"];

    /// <exception cref="FaultRuleException">Something about the rules is wrong.</exception>
    public static IReadOnlyList<FaultRule> Read(JsonElement rules)
    {
        if (rules.ValueKind is not JsonValueKind.Array)
            throw new FaultRuleException("The body must be a JSON array of rules.");
        return [.. rules.EnumerateArray().Select((rule, index) => Read(rule, $"rules[{index}]"))];
    }

    private static FaultRule Read(JsonElement json, string at)
    {
        if (json.ValueKind is not JsonValueKind.Object)
            throw new FaultRuleException($"{at} must be a JSON object.");
        var name = json.TryGetProperty("kind", out var kindJson) && kindJson.ValueKind is JsonValueKind.String ? kindJson.GetString()! : "";
        if (!FaultKind.All.TryGetValue(name, out var kind))
            throw new FaultRuleException($"{at}: unknown kind '{name}'. Known: {string.Join(", ", FaultKind.All.Keys)}.");

        string[] known = [.. FaultKind.EveryRule, .. kind.Needs, .. kind.May];
        foreach (var member in json.EnumerateObject())
            if (!known.Contains(member.Name))
                throw new FaultRuleException($"{at}: '{member.Name}' means nothing to {name}. Known: {string.Join(", ", known)}.");
        foreach (var needed in kind.Needs)
            if (!json.TryGetProperty(needed, out _))
                throw new FaultRuleException($"{at}: {name} needs '{needed}'.");

        var place = json.TryGetProperty("where", out var where) && where.ValueKind is JsonValueKind.String ? PlaceNames.Parse(where.GetString()) : null;
        if (place is null)
            throw new FaultRuleException($"{at}: 'where' must be one of {PlaceNames.All}.");
        if (place is not Place.Any && (kind.Places & place.Value) == 0)
            throw new FaultRuleException($"{at}: {name} happens at {PlaceNames.Of(kind.Places)} only.");

        FaultRule rule;
        try
        {
            rule = json.Deserialize(EmulatorJson.Wire.FaultRule)!;
        }
        catch (JsonException exception)
        {
            throw new FaultRuleException($"{at}: {exception.Path?.TrimStart('$', '.')} has the wrong type.");
        }
        CheckValues(rule, at);
        return rule;
    }

    private static void CheckValues(FaultRule rule, string at)
    {
        void Check(bool right, string what)
        {
            if (!right) throw new FaultRuleException($"{at}: {what}.");
        }

        Check(rule.Times is null or >= 1, "'times' must be 1 or more");
        Check(rule.From is null or >= 1, "'from' must be 1 or more");
        Check(rule.Probability is null or (>= 0 and <= 1), "'probability' must be from 0 to 1");
        Check(rule.Status is null or (>= 200 and <= 599), "'status' must be from 200 to 599");
        Check(rule.Kind is not "redirect" || rule.Status is null or (>= 300 and <= 399), "'status' of a redirect must be from 300 to 399");
        Check(rule.Bytes is null or >= 0, "'bytes' must be 0 or more");
        Check(rule.BytesPerSecond is null or >= 1, "'bytes_per_second' must be 1 or more");
        Check(rule.As is null or "QUEUED" or "PROCESSING", "'as' must be QUEUED or PROCESSING");
        Check(rule.Reset is null || Resets.Contains(rule.Reset), $"'reset' must be one of {string.Join(", ", Resets)}");
        Check(rule.Format is null || Formats.Contains(rule.Format), $"'format' must be one of {string.Join(", ", Formats)}");
        Check(rule.Format is null || rule.Reset is not ("unparsable" or "absent"), $"'format' means nothing to {rule.Reset}");
        // Of all times, only a clock can be off in both directions.
        Check(rule.Seconds is null || Math.Abs(rule.Seconds.Value) <= 315_360_000, "'seconds' must be within ten years");
        Check(rule.Seconds is null or >= 0 || rule.Kind is "clock_skew", "'seconds' must be 0 or more");
    }
}

/// <summary>A rule is wrong; the message says which and why, for whoever wrote it.</summary>
internal sealed class FaultRuleException(string message) : Exception(message);
