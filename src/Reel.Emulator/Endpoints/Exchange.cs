using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Reel.Emulator.Faults;
using Reel.Emulator.Jobs;
using Reel.Emulator.Traffic;

namespace Reel.Emulator.Endpoints;

/// <summary>One request to the provider's surface: what is noted of it, and the ways in which it can be answered, waited on or torn down.</summary>
internal sealed class Exchange : IDisposable
{
    private readonly CancellationTokenSource ended;
    private readonly TrafficEntry entry;
    private bool listed;
    private bool answered;

    public Exchange(HttpContext context, Provider provider)
    {
        Context = context;
        Provider = provider;
        ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, provider.Stopping);
        entry = new TrafficEntry
        {
            At = provider.Now,
            Kind = PlaceNames.Of(PlaceOf(context.Request)),
            Method = context.Request.Method,
            Path = context.Request.Path.Value ?? "",
        };
        context.Response.OnStarting(() =>
        {
            context.Response.Headers.Date = Date;
            Note(context.Response.StatusCode);
            return Task.CompletedTask;
        });
    }

    public HttpContext Context { get; }

    public Provider Provider { get; }

    /// <summary>Ends with the caller's patience or the emulator's life.</summary>
    public CancellationToken Ended => ended.Token;

    public Strike Strike { get; private set; } = Strike.None;

    /// <summary>The time by which the headers go: right, unless a rule says otherwise.</summary>
    public DateTimeOffset Now => Provider.Now + Strike.ClockSkew;

    /// <summary>The Date header's value.</summary>
    public string Date => Now.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>The URL by which the caller reached this emulator, so that the URLs in answers reach it too.</summary>
    public string Root => $"{Context.Request.Scheme}://{Context.Request.Host}";

    /// <summary>Asks the rules, once, and waits if they say so before anything is done.</summary>
    public async Task<Strike> FaceFaultsAsync(Place place, string? model, string? prompt, string? requestId)
    {
        Strike = Provider.Rules.Strike(place, model, prompt, requestId);
        entry.Faults = Strike.Names;
        await WaitAsync(Strike.DelayBefore);
        return Strike;
    }

    public void Asked(string requestId) => entry.RequestId = requestId;

    public void Submitted(JsonElement parameters) => entry.Parameters = parameters;

    /// <summary>Notes an accepted job where it survives, before anything is answered.</summary>
    /// <exception cref="IOException">It could not be noted, and was taken back.</exception>
    public void Accepted(Job job)
    {
        (entry.RequestId, entry.Accepted) = (job.Id.ToString(), true);
        try
        {
            Provider.Journal?.Append(new JournalLine(Job: job, Seen: entry));
        }
        catch (IOException)
        {
            // It ends in a 500, after which a caller may submit again: there must be no bill.
            (entry.RequestId, entry.Accepted) = (null, false);
            Provider.Jobs.TakeBack(job);
            throw;
        }

        listed = true;
        Provider.Traffic.Add(entry);
    }

    public void Changed(Job before, Job after)
    {
        if (ReferenceEquals(before, after)) return;
        Provider.Jobs.Replace(before, after);
        Provider.Journal?.Append(new JournalLine(Job: after));
    }

    /// <summary>Notes what was answered, or that nothing was; only the first time counts.</summary>
    public void Note(int? status)
    {
        if (answered) return;
        answered = true;
        entry.Status = status;
        if (!listed) Provider.Traffic.Add(entry);
        try
        {
            if (listed) Provider.Journal?.Append(new JournalLine(Answered: new AnsweredLine(entry.RequestId!, status)));
            else if (entry.IsSubmit) Provider.Journal?.Append(new JournalLine(Seen: entry));
        }
        catch (IOException)
        {
            // The answer stands, noted or not: a 500 in its place would have an accepted job submitted, and charged, again.
        }

        listed = true;
    }

    public Task WaitAsync(TimeSpan time) => time > TimeSpan.Zero ? Task.Delay(time, Provider.Options.TimeProvider, Ended) : Task.CompletedTask;

    public async Task WriteAsync(Answer answer)
    {
        var response = Context.Response;
        response.StatusCode = answer.Status;
        response.ContentType = answer.ContentType;
        foreach (var (name, value) in answer.Headers ?? new Dictionary<string, string>())
            response.Headers[name] = value;
        if (answer.Status is 204 or 304) return;
        response.ContentLength = answer.Body.Length;
        await response.Body.WriteAsync(answer.Body, Ended);
    }

    /// <summary>Keeps the caller waiting for as long as it will.</summary>
    public Task HangAsync()
    {
        Note(null);
        return Task.Delay(Timeout.Infinite, Ended);
    }

    /// <summary>Ends the connection with a reset rather than an end: that is what Kestrel does to an aborted one.</summary>
    public void Reset()
    {
        Note(null);
        Context.Abort();
    }

    public void Dispose() => ended.Dispose();

    private static Place PlaceOf(HttpRequest request)
    {
        var parts = request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return (request.Method, parts) switch
        {
            ("POST", ["v2", _]) => Place.Submit,
            ("POST", ["v1", _]) => Place.V1,
            ("GET", ["v2", "requests", _, "status"]) => Place.Status,
            ("GET", ["v1" or "v2", "requests", _]) => Place.Result,
            ("GET" or "HEAD", ["files", _]) => Place.Download,
            _ => Place.None,
        };
    }
}
