using System.Net;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Reel.Api;

/// <summary>Who calls. Everything a caller has is under its id.</summary>
/// <param name="Id">Lower-case letters, digits and hyphens.</param>
public sealed record Caller(string Id)
{
    /// <summary>Somebody at this machine.</summary>
    public static Caller Local { get; } = new("local");
}

/// <summary>Finds out who calls, before a body is read: by key, or, where there are no keys, anyone on this machine.</summary>
internal sealed class CallerAccess(RequestDelegate next, ApiKeys keys)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is not null) return next(context);

        context.Features.Set(keys.Any ? keys.Identify(context.Request) : AsLocal(context));
        return next(context);
    }

    private static Caller AsLocal(HttpContext context)
    {
        // A page that resolved its own name to 127.0.0.1 must not spend the owner's money: the Host header has to be a loopback name as well.
        if (context.Connection.RemoteIpAddress is not { } address || !IPAddress.IsLoopback(address) || !IsLoopbackName(context.Request.Host.Host))
            throw new ApiException(401, new ApiError("Only callers on this machine are let in, at its loopback address", "unauthorized"));

        // A proxy on this machine calls from the loopback address and may name it in Host; whom it calls for is elsewhere.
        if (context.Request.Headers.Keys.Any(IsOfProxy))
            throw new ApiException(401, new ApiError("Callers behind a proxy are let in with a key only (Api__Keys__<name>)", "unauthorized"));

        return Caller.Local;
    }

    private static bool IsOfProxy(string header) =>
        header.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase)
        || header.Equals("Forwarded", StringComparison.OrdinalIgnoreCase)
        || header.Equals("X-Real-IP", StringComparison.OrdinalIgnoreCase)
        || header.Equals("Via", StringComparison.OrdinalIgnoreCase);

    private static bool IsLoopbackName(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address);
}

internal static class CallerContext
{
    /// <summary>Who calls; set by <see cref="CallerAccess"/>.</summary>
    public static Caller Caller(this HttpContext context) => context.Features.GetRequiredFeature<Caller>();
}
