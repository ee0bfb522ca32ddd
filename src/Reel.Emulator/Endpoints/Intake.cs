using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Reel.Emulator.Faults;
using Reel.Emulator.Jobs;
using Reel.Emulator.Models;

namespace Reel.Emulator.Endpoints;

/// <summary>What both ways of submitting begin with: everything from the key to the accepted job.</summary>
internal static class Intake
{
    /// <summary>The job, or the refusal, or neither when a fault keeps the request from being looked at.</summary>
    public static async Task<(Job? Job, Answer? Refusal)> TakeInAsync(this Exchange exchange, Place place, string slug)
    {
        var provider = exchange.Provider;
        var request = exchange.Context.Request;
        if (provider.Keys.Refusal(request) is { } unauthorized)
            return (null, Answer.Error(401, unauthorized));
        if (ModelPages.Find(slug) is not { } page)
            return (null, Answer.Error(404, $"Model {slug} not found"));
        if (!request.HasJsonContentType())
            return (null, Answer.Error(406, "Invalid content type"));

        var (body, complaint) = await ReadAsync(exchange);
        if (body.ValueKind is not JsonValueKind.Undefined) exchange.Submitted(body);
        var prompt = body.ValueKind is JsonValueKind.Object && body.TryGetProperty("prompt", out var text) && text.ValueKind is JsonValueKind.String
            ? text.GetString() : null;

        var strike = await exchange.FaceFaultsAsync(place, slug, prompt, requestId: null);
        if (!strike.Accepts)
            return (null, null);
        complaint ??= body.ValueKind is JsonValueKind.Object ? page.Complain(body) : "The body must be a JSON object";
        if (complaint is not null)
            return (null, Answer.Error(400, complaint));

        var (job, balance, price) = provider.Jobs.TryAccept(page, page.Read(body), prompt, strike);
        // (assumed) The message is known to name balance and need, but not in which words.
        if (job is null)
            return (null, Answer.Error(406, FormattableString.Invariant($"Insufficient credits: balance {balance}, needed {price}")));
        exchange.Accepted(job);
        return (job, null);
    }

    private static async Task<(JsonElement Body, string? Complaint)> ReadAsync(Exchange exchange)
    {
        try
        {
            return (await JsonBody.ReadAsync(exchange.Context.Request.Body, exchange.Ended), null);
        }
        catch (JsonException)
        {
            return (default, "Malformed JSON body");
        }
    }
}
