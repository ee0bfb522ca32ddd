using System.Globalization;
using Microsoft.AspNetCore.Http;
using Reel.Generations;

namespace Reel.Api;

/// <summary><c>?wait=30</c>: for how many seconds a state may be waited for before it is answered.</summary>
internal static class WaitParameter
{
    private const string Name = "wait";
    private const int Most = 60;

    /// <summary>The request as it stands now if it is final or no wait is asked for; else once its status or stage is another, or after the wait.</summary>
    /// <returns>Null when this caller has none of this id.</returns>
    /// <exception cref="ApiException">400: a wait that is none.</exception>
    public static async Task<Generation?> FindAsync(HttpContext context, string id, GenerationStore generations, StateWatch watch)
    {
        var wait = Read(context.Request.Query);
        if (await generations.FindAsync(context.Caller().Id, id, context.RequestAborted) is not { } found) return null;

        context.SetSubject(id);
        var before = (found.State.Status, found.State.Stage);
        return await watch.WaitAsync(found, state => state.IsFinal || (state.Status, state.Stage) != before, wait, context.RequestAborted);
    }

    private static TimeSpan Read(IQueryCollection query)
    {
        if (query[Name].ToString() is not { Length: > 0 } text) return TimeSpan.Zero;
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 0 and <= Most) return TimeSpan.FromSeconds(seconds);

        var rule = $"must be seconds from 0 to {Most}";
        throw new ApiException(400, new ApiError($"{Name} {rule}", "invalid_parameters", new Dictionary<string, string> { [Name] = rule }));
    }
}
