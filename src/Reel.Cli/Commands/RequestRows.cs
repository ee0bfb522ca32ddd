using System.Globalization;
using Reel.Cli.Generating;
using Reel.Client;

namespace Reel.Cli.Commands;

/// <summary>Requests as rows of text.</summary>
internal static class RequestRows
{
    /// <summary>The headings of <see cref="Row"/>.</summary>
    public static IReadOnlyList<string> Headings { get; } = ["ID", "CREATED", "MODEL", "STATUS", "STAGE", "COST"];

    /// <summary>A request in a list.</summary>
    public static IReadOnlyList<string?> Row(ReelRequest request) =>
        [request.RequestId, Times.Show(request.CreatedAt), request.Model, request.Status, request.ErrorCode ?? request.Stage, Prices.Show(request.Cost)];

    /// <summary>All that is to be known about one, field by field; what does not apply is left out.</summary>
    public static IEnumerable<IReadOnlyList<string?>> Of(ReelRequest request) => new (string Name, string? Value)[]
    {
        ("id", request.RequestId),
        ("model", request.Model),
        ("status", request.Status),
        ("stage", request.Stage),
        ("progress", request.Progress is { } progress ? string.Create(CultureInfo.InvariantCulture, $"{progress.Fraction:0%}, {progress.SecondsLeft} s left") : null),
        ("trouble", request.Trouble),
        ("created", Times.Show(request.CreatedAt)),
        ("finished", Times.Show(request.FinishedAt)),
        ("cost", Prices.Show(request.Cost)),
        ("charged", request.Charged),
        ("error_code", request.ErrorCode),
        ("error", request.Error),
        ("output", request.Output),
        ("sha256", request.Video?.Sha256),
        ("batch", request.BatchId),
        ("resubmitted_as", request.ResubmittedAs),
    }.Where(field => !string.IsNullOrEmpty(field.Value)).Select(field => new[] { field.Name, field.Value });
}
