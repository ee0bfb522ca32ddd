using System.Diagnostics;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Reel.Functions.Api;
using Reel.Functions.Tests.Settings;

namespace Reel.Functions.Tests.Api;

/// <summary>
/// What telemetry learns of a request. The worker runs the function within an activity of its own and hands on the tags that
/// <see cref="Activity.Tags"/> lists; the server's activity is another one.
/// </summary>
public sealed class ApiTelemetryTests
{
    [Theory]
    [InlineData("/v2/models/kling-2.6", "/v2/models/{model}", "200")]
    [InlineData("/v2/models/kling-9", "/v2/models/{model}", "404")]
    [InlineData("/nowhere", null, "404")]
    public async Task The_invocation_bears_route_and_status(string path, string? route, string status)
    {
        using var server = StartServer();
        using var invocation = new Activity("Invoke").Start();

        await RunAsync(path, server);

        Assert.Equal(route, invocation.Tags.SingleOrDefault(tag => tag.Key == "http.route").Value);
        Assert.Equal(status, invocation.Tags.Single(tag => tag.Key == "http.response.status_code").Value);
        Assert.Equal(ActivityStatusCode.Unset, invocation.Status);
        Assert.Empty(server.Tags);
        Assert.Same(invocation, Activity.Current);
    }

    [Fact]
    public async Task An_error_that_was_answered_is_a_failure_there()
    {
        using var invocation = new Activity("Invoke").Start();

        await RunAsync("/healthz", null, new MemoryClient { Trouble = new RpcException(new Status(StatusCode.Unavailable, "gone")) });

        Assert.Equal(ActivityStatusCode.Error, invocation.Status);
        Assert.Contains(new KeyValuePair<string, string?>("http.response.status_code", "503"), invocation.Tags);
    }

    [Fact]
    public async Task Without_telemetry_the_servers_activity_is_the_requests()
    {
        using var server = StartServer();

        await RunAsync("/v2/models", server);

        Assert.Contains(new KeyValuePair<string, string?>("http.route", "/v2/models"), server.Tags);
    }

    // Its async locals do not reach the function.
    private static Activity StartServer()
    {
        var server = new Activity("server").Start();
        Activity.Current = null;
        return server;
    }

    private static async Task RunAsync(string path, Activity? server, MemoryClient? client = null)
    {
        await using var app = FunctionsHost.Build(FunctionsHost.Minimal);
        var context = new DefaultHttpContext();
        context.Request.Method = HttpMethods.Get;
        context.Request.Path = path;
        context.Request.Headers["x-api-key"] = FunctionsHost.Minimal.Single(setting => setting.Name == "Api__Keys__desk").Value;
        context.Response.Body = Stream.Null;
        if (server is not null) context.Features.Set<IHttpActivityFeature>(new ServerActivity(server));

        await app.Services.GetRequiredService<ApiPipeline>().RunAsync(context, (client ?? new MemoryClient()).Object);
    }

    private sealed class ServerActivity(Activity activity) : IHttpActivityFeature
    {
        public Activity Activity { get; set; } = activity;
    }
}
