using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Reel.Emulator.Faults;
using Reel.Emulator.Jobs;
using Reel.Emulator.Traffic;

namespace Reel.Emulator.Endpoints;

/// <summary>The emulator's own surface, for whoever tests against it. Needs no key, and is in no request log.</summary>
internal static class EmulatorEndpoints
{
    private const int ShownUnlessAsked = 1000;

    public static IEndpointRouteBuilder MapEmulator(this IEndpointRouteBuilder routes, Provider provider)
    {
        routes.MapGet("/emulator/faults", context => FaultsAsync(context, provider));
        routes.MapPut("/emulator/faults", context => ReplaceFaultsAsync(context, provider));
        routes.MapDelete("/emulator/faults", context => ForgetFaultsAsync(context, provider));
        routes.MapGet("/emulator/requests", context => RequestsAsync(context, provider));
        routes.MapDelete("/emulator/requests", context => ForgetRequestsAsync(context, provider));
        routes.MapGet("/emulator/account", context => AccountAsync(context, provider));
        routes.MapPut("/emulator/account", context => SetAccountAsync(context, provider));
        return routes;
    }

    private static Task FaultsAsync(HttpContext context, Provider provider) =>
        WriteAsync(context, Answer.Json(200, provider.Rules.Report(), EmulatorJson.Wire.IReadOnlyListFaultRuleReport));

    private static async Task ReplaceFaultsAsync(HttpContext context, Provider provider)
    {
        try
        {
            provider.Rules.Replace(FaultRuleReader.Read(await JsonBody.ReadAsync(context.Request.Body, context.RequestAborted)));
        }
        catch (Exception exception) when (exception is FaultRuleException or JsonException)
        {
            await WriteAsync(context, Answer.Error(400, exception.Message));
            return;
        }
        await FaultsAsync(context, provider);
    }

    private static Task ForgetFaultsAsync(HttpContext context, Provider provider)
    {
        provider.Rules.Replace([]);
        return NoContentAsync(context);
    }

    private static async Task RequestsAsync(HttpContext context, Provider provider)
    {
        var query = context.Request.Query;
        var limit = ShownUnlessAsked;
        if (query["limit"] is [{ } asked] && !int.TryParse(asked, out limit))
        {
            await WriteAsync(context, Answer.Error(400, $"'limit' is '{asked}'; it must be a number."));
            return;
        }
        var report = TrafficReport.Make(provider.Traffic, query["path"] is [{ } path] ? path : null, query["kind"] is [{ } kind] ? kind : null, limit);
        await WriteAsync(context, Answer.Json(200, report, EmulatorJson.Wire.TrafficReport));
    }

    private static Task ForgetRequestsAsync(HttpContext context, Provider provider)
    {
        provider.Traffic.Clear();
        provider.Journal?.Append(new JournalLine(Cleared: true));
        return NoContentAsync(context);
    }

    private static Task AccountAsync(HttpContext context, Provider provider) =>
        WriteAsync(context, Answer.Json(200, new AccountAnswer(provider.Account.Balance), EmulatorJson.Wire.AccountAnswer));

    private static async Task SetAccountAsync(HttpContext context, Provider provider)
    {
        try
        {
            var asked = await JsonSerializer.DeserializeAsync(context.Request.Body, EmulatorJson.Wire.AccountAnswer, context.RequestAborted);
            if (asked is null or { Credits: < 0 })
                throw new JsonException("'credits' must be 0 or more.");
            provider.Account.Balance = asked.Credits;
            provider.Journal?.Append(new JournalLine(Credits: asked.Credits));
        }
        catch (JsonException exception)
        {
            await WriteAsync(context, Answer.Error(400, exception.Message));
            return;
        }
        await AccountAsync(context, provider);
    }

    private static Task NoContentAsync(HttpContext context)
    {
        context.Response.StatusCode = 204;
        return Task.CompletedTask;
    }

    private static Task WriteAsync(HttpContext context, Answer answer)
    {
        context.Response.StatusCode = answer.Status;
        context.Response.ContentType = answer.ContentType;
        context.Response.ContentLength = answer.Body.Length;
        return context.Response.Body.WriteAsync(answer.Body, context.RequestAborted).AsTask();
    }
}
