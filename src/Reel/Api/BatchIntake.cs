using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Reel.Batches;
using Reel.Generations;
using Reel.Models;
using Reel.Webhooks;

namespace Reel.Api;

/// <summary>What a batch asks for, all of it valid.</summary>
/// <param name="Concurrency">As it was asked for; null when it was not.</param>
/// <param name="Lanes">How many requests are under way at once.</param>
/// <param name="WebhookEvents">What was chosen for the batch as a whole; null for nothing. Its requests have theirs.</param>
internal sealed record BatchContent(
    IReadOnlyList<RequestContent> Requests,
    int? Concurrency,
    int Lanes,
    string? WebhookUrl,
    IReadOnlyList<string>? WebhookEvents,
    string? Metadata,
    string? IdempotencyKey);

/// <summary>Validates a batch as a whole, before any of it is started.</summary>
internal sealed class BatchIntake(RequestIntake intake, IOptions<BatchOptions> options)
{
    private const string ModelField = "model";

    private static readonly HashSet<string> ItemNames = new(ReservedFields.Names, StringComparer.Ordinal) { ModelField };

    /// <summary>Reads a batch out of a request.</summary>
    /// <exception cref="ApiException">400 with every fault, by item.</exception>
    public async Task<BatchContent> ReadAsync(HttpRequest request)
    {
        var body = await BatchBody.ReadAsync(request);
        var faults = new BatchFaults();
        var (concurrency, webhookUrl, webhookEvents, metadata, key) = ReadOptions(body.Options, request, faults);
        foreach (var (name, fault) in SpendingQuery.Faults(request.Query, body.QueryNames)) faults.Add(name, fault);
        var requests = ReadRequests(body.Requests, request.HttpContext.Caller().Id, faults);
        if (faults.Any) throw new ApiException(400, faults.ToError());

        var lanes = Math.Min(Math.Min(concurrency ?? int.MaxValue, options.Value.Concurrency), requests.Count);
        return new BatchContent([.. requests.Select(one => WithCommon(one, webhookUrl, webhookEvents))], concurrency, lanes, webhookUrl, webhookEvents, metadata, key);
    }

    private (int? Concurrency, string? WebhookUrl, IReadOnlyList<string>? WebhookEvents, string? Metadata, string? Key) ReadOptions(JsonElement body, HttpRequest request, BatchFaults faults)
    {
        var errors = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in body.EnumerateObject().Select(JsonText.Name))
        {
            if (!BatchBody.Names.Contains(name)) faults.Add(JsonText.Shorten(name), $"is not a field of a batch, which has {string.Join(", ", BatchBody.Names)}");
            else if (!seen.Add(name)) errors[name] = "is there more than once; send it once";
        }

        var ours = new ReservedFields(body, errors, BatchBody.Names);
        var webhookUrl = intake.ReadWebhookUrl(ours, request.HttpContext.Caller().Id, request.Query, errors);
        var webhookEvents = WebhookEventsField.Read(ours, WebhookTypes.OfBatch, errors);
        var metadata = ours.Metadata();
        var key = IdempotencyKeyField.Read(ours, request, errors);
        int? concurrency = null;
        if (ours.Field(BatchBody.Concurrency) is { } given)
        {
            concurrency = given.ValueKind == JsonValueKind.Number && given.TryGetInt32(out var number) && number >= 1 ? number : null;
            if (concurrency is null) errors.TryAdd(BatchBody.Concurrency, "must be a whole number of at least 1");
        }

        foreach (var (name, error) in errors) faults.Add(name, error);
        return (concurrency, webhookUrl, webhookEvents, metadata, key);
    }

    /// <summary>The batch's webhook is told of its requests too, where it chose so and they do not choose otherwise.</summary>
    private static RequestContent WithCommon(RequestContent request, string? webhookUrl, IReadOnlyList<string>? webhookEvents)
    {
        List<string> ofVideo = [.. (webhookEvents ?? []).Intersect(WebhookTypes.OfVideo)];
        return ofVideo.Count == 0
            ? request
            : request with { WebhookUrl = request.WebhookUrl ?? webhookUrl, WebhookEvents = request.WebhookEvents ?? ofVideo };
    }

    private List<RequestContent> ReadRequests(IReadOnlyList<JsonElement?>? items, string callerId, BatchFaults faults)
    {
        if (items is null or { Count: 0 or > BatchIds.MostRequests })
        {
            faults.Add(BatchBody.RequestsField, $"must be a list of 1 to {BatchIds.MostRequests} requests");
            return [];
        }

        List<RequestContent> requests = [];
        for (var index = 0; index < items.Count; index++)
        {
            var place = string.Create(CultureInfo.InvariantCulture, $"{BatchBody.RequestsField}[{index}]");
            if (items[index] is not { ValueKind: JsonValueKind.Object } item) faults.Add(place, "must be a JSON object");
            else if (Read(item, place, callerId, faults) is { } content) requests.Add(content);
        }

        return requests;
    }

    private RequestContent? Read(JsonElement item, string place, string callerId, BatchFaults faults)
    {
        var errors = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var ours = new ReservedFields(item, errors, ItemNames);
        var model = FindModel(ours, errors);
        if (ours.Field(ReservedFields.IdempotencyKey) is not null)
            errors.TryAdd(ReservedFields.IdempotencyKey, "belongs to the batch as a whole, not to one of its requests");
        var content = model is null ? null : intake.Read(model, item, ItemNames, ours, callerId, query: null, errors);
        foreach (var (name, error) in errors) faults.Add($"{place}.{name}", error);
        return content;
    }

    private static VideoModel? FindModel(ReservedFields ours, SortedDictionary<string, string> errors)
    {
        if (ours.Text(ModelField) is not { } slug)
        {
            errors.TryAdd(ModelField, "is required");
            return null;
        }

        if (ModelCatalog.Find(slug) is { } model) return model;
        errors.TryAdd(ModelField, $"must be one of {string.Join(", ", ModelCatalog.All.Select(known => known.Slug))}");
        return null;
    }
}
