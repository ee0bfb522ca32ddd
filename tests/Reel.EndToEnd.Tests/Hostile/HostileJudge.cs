namespace Reel.Hostile;

/// <summary>What is wrong with how a request was answered.</summary>
internal static class HostileJudge
{
    /// <summary>In words; null when nothing is.</summary>
    public static string? Fault(HostileRequest request, HostileExchange exchange, Foothold known)
    {
        if (!exchange.IsOver) return "was not ended";
        foreach (var answer in exchange.Answers)
        {
            var fault = Status(request, answer) ?? Shape(answer, exchange.IsClean && request.Pace is Pace.AtOnce or Pace.InPieces) ?? Isolation(request, answer, known);
            if (fault is not null) return $"{fault}:\n{answer.Head}\n\n{Short(answer.Body)}";
        }

        return null;
    }

    // 504 is what a synchronous submit promises when the render goes on, and 505 what a version of HTTP gets that there is not.
    private static string? Status(HostileRequest request, HostileAnswer answer) => answer.Status switch
    {
        < 500 => null,
        504 when request.Target.StartsWith("/v1/", StringComparison.Ordinal) && (string?)answer.Json()?["error_code"] == "still_under_way" => null,
        505 when request.Target.Length == 0 || request.Target.Contains(' ', StringComparison.Ordinal) => null,
        var status => $"was answered {status}",
    };

    private static string? Shape(HostileAnswer answer, bool isWholeExpected)
    {
        if (!answer.IsWhole) return isWholeExpected ? "was broken off" : null;
        if (answer.Head.Contains("X-Injected", StringComparison.OrdinalIgnoreCase)) return "put a header into its answer";
        if (!answer.IsJson || answer.Status < 400) return null;
        return answer.Json() is { } error && error["error"] is not null && error["error_code"] is not null ? null : "was answered with an error that says nothing";
    }

    // An error names the id that was asked for, which its sender knows anyway.
    private static string? Isolation(HostileRequest request, HostileAnswer answer, Foothold known)
    {
        if (request.Target.Length == 0 || request.Key == known.Key) return null;
        if (answer.Body.Contains(known.Secret, StringComparison.Ordinal)) return "was told what is another caller's";
        return answer.Status < 400 && known.IsIn(answer.Body) ? "was told of another caller's" : null;
    }

    private static string Short(string text) => text.Length <= 600 ? text : text[..600] + "…";
}
