using Reel.Generations;

namespace Reel.Api;

/// <summary>The HTTP status of a FAILED request for a caller of v1, who knows no states: the provider's error table, read backwards.</summary>
internal static class FailureStatus
{
    public static int Of(GenerationState failed) => failed.ErrorCode switch
    {
        ErrorCodes.InsufficientCredits => 406,

        // Its word on the request, the model or the account. Anything else, as a refused key, is between Reel and the provider.
        ErrorCodes.SubmitRefused => failed.ProviderStatus is 400 or 403 or 404 or 410 or 413 or 422 ? failed.ProviderStatus.Value : 502,

        // Both mean to the provider's clients: it may have been done, do not send it again.
        ErrorCodes.TimedOut or ErrorCodes.SubmitOutcomeUnknown => 504,
        ErrorCodes.Internal => 500,
        _ => 422,
    };
}
