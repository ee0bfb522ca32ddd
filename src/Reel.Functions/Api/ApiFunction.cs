using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace Reel.Functions.Api;

/// <summary>Every path and every verb: the host's own routing goes by the names of functions and knows no 405.</summary>
public sealed class ApiFunction(ApiPipeline pipeline)
{
    /// <summary>Hands the request to the same pipeline that Kestrel runs on a desk.</summary>
    [Function("Api")]
    public Task RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, Route = "{*path}")] HttpRequest request,
        [DurableClient] DurableTaskClient client) => pipeline.RunAsync(request.HttpContext, client);
}
