using System.Text.Json;
using Azure;
using Azure.Identity;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Reel.Api;

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
    [MemberData(nameof(StorageTrouble))]
    public async Task Storage_that_cannot_be_reached_or_entered_answers_503_and_tells_nothing_of_the_inside(Exception trouble)
    {
        using var services = new ServiceCollection().AddLogging().BuildServiceProvider();
        using var body = new MemoryStream();
        var context = new DefaultHttpContext { RequestServices = services };
        context.Response.Body = body;

        await new ErrorResponses(_ => throw trouble, NullLogger<ErrorResponses>.Instance).InvokeAsync(context);

        using var answer = JsonDocument.Parse(body.ToArray());
        Assert.Equal((503, "storage_unavailable"), (context.Response.StatusCode, answer.RootElement.GetProperty("error_code").GetString()));
        Assert.DoesNotContain(trouble.Message, answer.RootElement.GetRawText(), StringComparison.Ordinal);
    }
}
