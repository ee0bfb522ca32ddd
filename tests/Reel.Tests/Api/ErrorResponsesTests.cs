using System.Text.Json;
using Azure;
using Azure.Identity;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Reel.Api;
using Reel.Limits;
using Reel.Orchestration;

namespace Reel.Tests.Api;

public sealed class ErrorResponsesTests
{
    public static TheoryData<Exception> StorageTrouble => new()
    {
        new RequestFailedException(503, "Server busy"),
        new AggregateException(new RequestFailedException("No connection")),
        new AuthenticationFailedException("No token"),
        new CredentialUnavailableException("No identity"),
    };

    [Theory]
    [InlineData("POST", false, true, "10", "Nothing was done. Try again")]
    [InlineData("POST", true, true, null, "with the same idempotency key")]
    [InlineData("POST", false, false, null, "has to be mended")]
    [InlineData("GET", true, true, "10", "Try again")]
    [InlineData("GET", false, false, null, "has to be mended")]
    public async Task An_engine_that_cannot_answers_503_says_why_and_invites_a_repeat_only_where_that_is_safe_and_helps(
        string method, bool mayHaveHappened, bool mayPass, string? retryAfter, string advice)
    {
        var trouble = new OrchestrationUnavailableException("inside", mayHaveHappened: mayHaveHappened) { Cause = "the disk is full", MayPass = mayPass };

        var (context, error) = await AnswerAsync(trouble, method);

        Assert.Equal((503, "unavailable"), (context.Response.StatusCode, error.GetProperty("error_code").GetString()));
        Assert.Equal(retryAfter, context.Response.Headers.RetryAfter);
        Assert.Contains(advice, error.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal(!(method == "POST" && mayHaveHappened), error.GetProperty("error").GetString()!.Contains("the disk is full", StringComparison.Ordinal));
        Assert.DoesNotContain("inside", error.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Limits_that_cannot_be_looked_up_have_let_nothing_in()
    {
        var (context, error) = await AnswerAsync(new LimitsUnavailableException(new OrchestrationUnavailableException("inside", mayHaveHappened: true)), "POST");

        Assert.Equal((503, "unavailable", "10"), (context.Response.StatusCode, error.GetProperty("error_code").GetString(), (string?)context.Response.Headers.RetryAfter));
        Assert.Contains("Nothing was started. Try again", error.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("inside", error.GetRawText(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(StorageTrouble))]
    public async Task Storage_that_cannot_be_reached_or_entered_answers_503_and_tells_nothing_of_the_inside(Exception trouble)
    {
        var (context, error) = await AnswerAsync(trouble, "POST");

        Assert.Equal((503, "storage_unavailable"), (context.Response.StatusCode, error.GetProperty("error_code").GetString()));
        Assert.Equal("10", context.Response.Headers.RetryAfter);
        Assert.DoesNotContain(trouble.Message, error.GetRawText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("POST", 500, "refuses to write: it answers 500. On a desk its disk may be full")]
    [InlineData("GET", 500, "it answers 500")]
    [InlineData("POST", 0, "does not answer")]
    public async Task Storage_that_refuses_is_told_apart_from_one_that_is_away(string method, int status, string says)
    {
        var (_, error) = await AnswerAsync(new RequestFailedException(status, "ENOSPC"), method);

        Assert.Contains(says, error.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(HttpRequestError.ResponseEnded, "its disk may be full")]
    [InlineData(HttpRequestError.ConnectionError, "does not answer")]
    public async Task Storage_that_breaks_off_at_last_is_told_apart_from_one_that_is_away(HttpRequestError last, string says)
    {
        RequestFailedException Failed(HttpRequestError error) => new(0, "broken", new HttpRequestException(error, "broken"));

        var (_, error) = await AnswerAsync(new AggregateException(Failed(HttpRequestError.ResponseEnded), Failed(last)), "POST");

        Assert.Contains(says, error.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    private static async Task<(HttpContext Context, JsonElement Error)> AnswerAsync(Exception trouble, string method)
    {
        using var services = new ServiceCollection().AddLogging().BuildServiceProvider();
        using var body = new MemoryStream();
        var context = new DefaultHttpContext { RequestServices = services, Request = { Method = method } };
        context.Response.Body = body;
        await new ErrorResponses(_ => throw trouble, NullLogger<ErrorResponses>.Instance).InvokeAsync(context);
        using var answer = JsonDocument.Parse(body.ToArray());
        return (context, answer.RootElement.Clone());
    }
}
