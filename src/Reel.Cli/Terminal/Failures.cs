using Reel.Client;

namespace Reel.Cli.Terminal;

/// <summary>Errors of the API, in words and as exit codes.</summary>
internal static class Failures
{
    /// <summary>What is wrong, by parameter where the API says so, and what to do about it where that is known.</summary>
    public static string Describe(ReelException exception)
    {
        List<string> lines = exception.Errors.Count > 0
            ? [$"{exception.Code}:", .. exception.Errors.Select(error => $"  {SafeText.Line(error.Key)} {SafeText.Line(error.Value)}")]
            : [SafeText.Line(exception.Message)];
        if (exception.Status == 401) lines.Add("Give your key in REEL_API_KEY or --api-key-file.");
        if (exception.Code == ReelException.Unreachable) lines.Add("Is the server running? Its URL is taken from --url, REEL_URL or the file.");
        if (exception.RetryAfter is { } wait) lines.Add($"Try again in {Math.Ceiling(wait.TotalSeconds)} s.");
        return string.Join(Environment.NewLine, lines);
    }

    public static int ExitCodeOf(ReelException exception) => exception switch
    {
        { Status: 401 } => ExitCode.Unauthorized,
        { Code: ReelException.Unreachable } => ExitCode.Unreachable,
        _ => ExitCode.Error,
    };

    /// <summary>Why a request FAILED, and whether it was paid for.</summary>
    public static string Describe(ReelRequest request)
    {
        var charged = request.Charged switch
        {
            "no" => " It was not charged.",
            "yes" => " It was charged.",
            "unknown" => " Whether it was charged is not known: look at the provider's account.",
            _ => "",
        };
        var more = request.ErrorCode == "submit_outcome_unknown" && request.ResubmittedAs is null ? $" To send it again all the same: reel resubmit {request.RequestId}" : "";
        return $"{request.RequestId} FAILED ({SafeText.Line(request.ErrorCode)}): {SafeText.Line(request.Error).TrimEnd('.')}.{charged}{more}";
    }
}
