using System.Collections.Concurrent;

namespace Reel.EndToEnd.Tests.CrashLab;

/// <summary>What must never be.</summary>
internal enum Breach
{
    /// <summary>Answered with 200, or paid for, and not known any more.</summary>
    Lost,

    /// <summary>Neither COMPLETED nor FAILED when all had time enough.</summary>
    Unfinished,

    /// <summary>Submitted again although the provider took it, or may have.</summary>
    DoubleSubmit,

    /// <summary>One key, or one call, made two requests.</summary>
    DoubleRequest,

    /// <summary>The saved video is not the provider's.</summary>
    WrongBytes,

    /// <summary>What is said about the charge is not so.</summary>
    WrongCharge,

    /// <summary>FAILED for a reason that nobody gave.</summary>
    Unexplained,

    /// <summary>An event that was asked for happened, and was never heard of.</summary>
    WebhookMissing,

    /// <summary>A webhook of another id, or with other words than before; of a state that was not reached, or before it was; unasked for; or with a wrong signature.</summary>
    WebhookFalse,

    /// <summary>Reel ended by itself, or did not start, or gave an answer that it never should.</summary>
    Misbehaved,
}

/// <summary>The breaches that were found.</summary>
internal sealed class Findings
{
    private readonly ConcurrentQueue<(Breach Breach, string What)> found = new();

    public bool IsEmpty => found.IsEmpty;

    public void Add(Breach breach, string what) => found.Enqueue((breach, what));

    public int Count(Breach breach) => found.Count(finding => finding.Breach == breach);

    /// <summary>The first of each sort, in words.</summary>
    public IEnumerable<string> Describe(int most) =>
        found.GroupBy(finding => finding.Breach).SelectMany(sort => sort.Take(most)).Select(finding => $"{finding.Breach}: {finding.What}");
}
