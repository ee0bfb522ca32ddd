using Azure.Core.Serialization;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Reel;
using Reel.Api;
using Reel.Functions;
using Reel.Functions.Api;
using Reel.Functions.Durable;
using Reel.Orchestration;

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();

// One way of writing histories, on both hosts: the Durable extension takes its data converter from here.
builder.Services.Configure<WorkerOptions>(worker => worker.Serializer = new JsonObjectSerializer(OrchestrationJson.Options));

// The API has a limit of its own, with an answer; the server's would break the connection behind the host's proxy.
builder.Services.Configure<KestrelServerOptions>(kestrel => kestrel.Limits.MaxRequestBodySize = null);

builder.Services
    .AddTelemetry()
    .AddReel(builder.Configuration)
    .RequireApiKeys()
    .AddDurableFunctions()
    .AddSingleton<ApiPipeline>();

builder.Build().CheckStart().Run();
