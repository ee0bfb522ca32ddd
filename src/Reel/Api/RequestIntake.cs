using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Reel.Generations;
using Reel.Models;
using Reel.Webhooks;

namespace Reel.Api;

/// <summary>Reads one request out of JSON, be it a whole body or a part of a batch's, and notes all that is wrong with it.</summary>
internal sealed class RequestIntake(WebhookIntake webhooks)
{
    /// <summary>What is asked for; null when something is wrong.</summary>
    /// <param name="names">The fields that are not the model's.</param>
    /// <param name="ours">Those fields.</param>
    /// <param name="query">Where a webhook may be named as well; null for nowhere.</param>
    public RequestContent? Read(
        VideoModel model,
        JsonElement body,
        IReadOnlySet<string> names,
        ReservedFields ours,
        string callerId,
        IQueryCollection? query,
        SortedDictionary<string, string> errors)
    {
        var check = ParameterValidator.Validate(model, body, names);
        if (check is ParameterCheck.Invalid { Faults: var faults })
        {
            foreach (var fault in faults) errors.TryAdd(fault.Parameter, fault.Message);
        }

        var webhookUrl = ReadWebhookUrl(ours, callerId, query, errors);
        var webhookEvents = WebhookEventsField.Read(ours, WebhookTypes.OfVideo, errors);
        var metadata = ours.Metadata();
        return errors.Count == 0 && check is ParameterCheck.Valid { Json: var parameters }
            ? new RequestContent(model.Slug, parameters, webhookUrl, metadata, webhookEvents)
            : null;
    }

    /// <summary>The webhook's URL; "" when there is to be none, null when none is named or it is wrong.</summary>
    public string? ReadWebhookUrl(ReservedFields ours, string callerId, IQueryCollection? query, SortedDictionary<string, string> errors)
    {
        var text = ours.Text(ReservedFields.WebhookUrl) ?? (query?[ReservedFields.WebhookUrl] is [{ } given, ..] ? given : null);
        if (string.IsNullOrEmpty(text)) return text;
        if (webhooks.TryAccept(callerId, text, out var accepted, out var error)) return accepted;
        errors.TryAdd(ReservedFields.WebhookUrl, error);
        return null;
    }
}
