using Microsoft.AspNetCore.Http;

namespace Reel.Api;

/// <summary>
/// The body of every error: the provider's shape, <c>{"error": "..."}</c>, with what a program needs beside it.
/// </summary>
/// <param name="Error">For people.</param>
/// <param name="ErrorCode">For programs.</param>
/// <param name="Errors">What is wrong by parameter, where that can be said.</param>
/// <param name="RequestId">Which request it is about, where there is one.</param>
public sealed record ApiError(string Error, string ErrorCode, IReadOnlyDictionary<string, string>? Errors = null, string? RequestId = null)
{
    /// <summary>Of parameters, each with what is wrong with it.</summary>
    public static ApiError Invalid(IReadOnlyDictionary<string, string> errors) =>
        new(string.Join("; ", errors.Select(error => $"{error.Key} {error.Value}")), "invalid_parameters", errors);

    /// <summary>This error as a result.</summary>
    public IResult As(int status) => TypedResults.Json(this, ApiJson.Types.ApiError, statusCode: status);
}

/// <summary>An error that is answered as it is, thrown where a value would be passed up through many hands.</summary>
public sealed class ApiException(int status, ApiError error) : Exception(error.Error)
{
    /// <summary>The HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>The body.</summary>
    public ApiError Error { get; } = error;
}
