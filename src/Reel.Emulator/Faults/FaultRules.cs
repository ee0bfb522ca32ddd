namespace Reel.Emulator.Faults;

/// <summary>The rules in force, in order, and how often each has matched and struck.</summary>
internal sealed class FaultRules(int seed)
{
    private readonly Lock gate = new();
    private Counted[] rules = [];

    public void Replace(IReadOnlyList<FaultRule> with)
    {
        lock (gate) rules = [.. with.Select((rule, index) => new Counted(rule, new Random(unchecked((seed * 397) ^ index))))];
    }

    public IReadOnlyList<FaultRuleReport> Report()
    {
        lock (gate) return [.. rules.Select(rule => new FaultRuleReport(rule.Rule, rule.Matched, rule.Struck))];
    }

    /// <summary>Which rules strike a request. A rule after the one that decides the answer does not count it.</summary>
    public Strike Strike(Place place, string? model, string? prompt, string? requestId)
    {
        lock (gate)
        {
            if (rules.Length == 0) return Faults.Strike.None;
            var shaping = new List<FaultRule>();
            foreach (var rule in rules)
            {
                if (!Matches(rule.Rule, place, model, prompt, requestId) || !rule.Strikes()) continue;
                if (!FaultKind.All[rule.Rule.Kind].Shapes) return new Strike(shaping, rule.Rule);
                shaping.Add(rule.Rule);
            }
            return shaping.Count == 0 ? Faults.Strike.None : new Strike(shaping, null);
        }
    }

    private static bool Matches(FaultRule rule, Place place, string? model, string? prompt, string? requestId) =>
        (PlaceNames.Parse(rule.Where) & FaultKind.All[rule.Kind].Places & place) == place
        && (rule.Model is null || rule.Model == model)
        && (rule.PromptContains is null || prompt?.Contains(rule.PromptContains, StringComparison.Ordinal) is true)
        && (rule.RequestId is null || string.Equals(rule.RequestId, requestId, StringComparison.OrdinalIgnoreCase));

    private sealed class Counted(FaultRule rule, Random random)
    {
        public FaultRule Rule => rule;

        public int Matched { get; private set; }

        public int Struck { get; private set; }

        public bool Strikes()
        {
            Matched++;
            if (Matched < (rule.From ?? 1) || Struck >= (rule.Times ?? int.MaxValue)) return false;
            if (rule.Probability is { } share && random.NextDouble() >= share) return false;
            Struck++;
            return true;
        }
    }
}

/// <summary>A rule in force, how many requests it matched and how many of them it struck.</summary>
internal sealed record FaultRuleReport(FaultRule Rule, int Matched, int Struck);
