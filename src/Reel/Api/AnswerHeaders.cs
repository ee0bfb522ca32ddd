using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Reel.Timing;

namespace Reel.Api;

/// <summary>
/// The headers that every answer has: <c>x-request-id</c>, the request that it is about, or else an id of the call itself, by which the log knows it;
/// <c>Cache-Control: no-store</c> where nothing else was said; <c>Server-Timing</c>, up to the first byte.
/// </summary>
internal sealed class AnswerHeaders(RequestDelegate next, TimeProvider time)
{
    public const string RequestId = "x-request-id";

    public Task InvokeAsync(HttpContext context)
    {
        var timing = CallTiming.Begin(time);
        context.Items[typeof(AnswerHeaders)] = Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity
            ? activity.TraceId.ToHexString()
            : RandomNumberGenerator.GetHexString(32, lowercase: true);
        context.Response.OnStarting(() =>
        {
            var headers = context.Response.Headers;
            headers[RequestId] = context.Features.Get<AnswerSubject>()?.RequestId ?? CallId(context);
            if (headers.CacheControl.Count == 0) headers.CacheControl = "no-store";
            headers["Server-Timing"] = Describe(timing);
            return Task.CompletedTask;
        });
        return next(context);
    }

    /// <summary>For Retry-After: whole seconds.</summary>
    public static string Seconds(TimeSpan time) => ((long)Math.Ceiling(time.TotalSeconds)).ToString(CultureInfo.InvariantCulture);

    /// <summary>An id of the call: its trace's, where it is traced. 32 hex digits, so that nobody takes it for a request's.</summary>
    public static string CallId(HttpContext context) => context.Items[typeof(AnswerHeaders)] as string ?? context.TraceIdentifier;

    private static string Describe(CallTiming timing)
    {
        string Part(string name, TimeSpan took) => string.Create(CultureInfo.InvariantCulture, $"{name};dur={took.TotalMilliseconds:0.0}");
        var parts = new List<string> { Part("total", timing.Total) };
        if (timing.Of(TimedPart.Engine) is var engine && engine > TimeSpan.Zero) parts.Add(Part("engine", engine));
        if (timing.Of(TimedPart.Storage) is var storage && storage > TimeSpan.Zero) parts.Add(Part("storage", storage));
        return string.Join(", ", parts);
    }
}

/// <summary>Which request an answer is about.</summary>
internal sealed record AnswerSubject(string RequestId);

internal static class AnswerSubjects
{
    /// <summary>From here on the answer is about this request, whatever it will be.</summary>
    public static void SetSubject(this HttpContext context, string requestId) => context.Features.Set(new AnswerSubject(requestId));
}
