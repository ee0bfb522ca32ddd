using System.Text.Json;
using System.Text.Json.Nodes;
using Reel.Batches;
using Reel.Generations;
using Reel.Limits;
using Reel.Models;
using Reel.Webhooks;

namespace Reel.Api.Description;

/// <summary>What is said of the answers and their members. A member that is not in here fails a test.</summary>
internal static class AnswerTexts
{
    private const string Statuses = "QUEUED PROCESSING COMPLETED FAILED";

    private static readonly Dictionary<Type, (string Name, string Text)> Types = new()
    {
        [typeof(RequestAnswer)] = ("Request", "A request. Members that do not apply are left out."),
        [typeof(VideoAnswer)] = ("Video", "A saved video."),
        [typeof(MetricsAnswer)] = ("Metrics", "The provider's figures."),
        [typeof(Progress)] = ("Progress", "How far a request is, from the time gone against that of the last renders: the provider tells none."),
        [typeof(ApiError)] = ("Error", "What went wrong."),
        [typeof(LimitError)] = ("LimitError", "A limit of this key stands in the way."),
        [typeof(LimitAnswer)] = ("Limit", "A limit."),
        [typeof(DryRunAnswer)] = ("DryRun", "What a submit would do."),
        [typeof(PriceRange)] = ("PriceRange", "US dollars per generation."),
        [typeof(UsageAnswer)] = ("Usage", "Counts and costs of requests by time of acceptance."),
        [typeof(UsageDay)] = ("UsageDay", "A UTC day."),
        [typeof(UsageFigures)] = ("UsageFigures", "Counts and costs of one model, or of all."),
        [typeof(ListAnswer)] = ("RequestList", "A page of requests."),
        [typeof(BatchAnswer)] = ("Batch", "A batch. Members that do not apply are left out."),
        [typeof(BatchCounts)] = ("BatchCounts", "How many requests of a batch are where."),
        [typeof(BatchListAnswer)] = ("BatchList", "A page of batches."),
        [typeof(DeliveryListAnswer)] = ("DeliveryList", "Deliveries, oldest first."),
        [typeof(DeliveryAnswer)] = ("Delivery", "A delivery of an event to a webhook."),
        [typeof(DeliveryAttemptAnswer)] = ("DeliveryAttempt", "An attempt at a delivery."),
        [typeof(EndpointListAnswer)] = ("EndpointList", "A page of endpoints."),
        [typeof(EndpointAnswer)] = ("Endpoint", "An endpoint: a webhook's URL without its query."),
        [typeof(WebhookKeysAnswer)] = ("WebhookKeys", "What a caller's webhooks can be verified with, as far as that is no secret."),
        [typeof(HealthAnswer)] = ("Health", "Whether the durable engine answers."),
        [typeof(ModelDescription)] = ("Model", "A model."),
        [typeof(ParameterDescription)] = ("Parameter", "A parameter of a model, in the words of JSON Schema."),
    };

    // By name, for all types, and by type and name where a name means something else there. After a bar: a format, or the values there are.
    private static readonly Dictionary<string, string> Members = new(StringComparer.Ordinal)
    {
        ["status"] = $"Where it is.|{Statuses}",
        ["request_id"] = "The request's id.|uuid",
        ["status_url"] = "Where its state is.|uri",
        ["response_url"] = "Where its result is.|uri",
        ["poll_url"] = "The same for older clients.|uri",
        ["output"] = "When COMPLETED: a link to the video that needs no key and expires.|uri",
        ["video"] = "When COMPLETED: the saved video.",
        ["metrics"] = "The provider's figures; empty until there are any.",
        ["error"] = "What is wrong, for people.",
        ["error_code"] = "What is wrong, for programs.",
        ["charged"] = $"On final states: whether the provider billed it.|{Names<Charged>()}",
        ["stage"] = $"What is being done.|{Names<Stage>()}",
        ["trouble"] = "What is being waited out, in words.",
        ["retry_at"] = "When it is tried again.",
        ["model"] = "The model's slug.",
        ["metadata"] = "What was sent as metadata.",
        ["provider_request_id"] = "The provider's id of the render.",
        ["provider_url"] = "The provider's own link, from the end of the render and for as long as the video is not saved.|uri",
        ["created_at"] = "When it was accepted.",
        ["submitted_at"] = "When the provider took it.",
        ["rendered_at"] = "When the provider was done.",
        ["finished_at"] = "When it was final.",
        ["resubmission_of"] = "The request of unknown outcome that this one was started for.|uuid",
        ["resubmitted_as"] = "The request that was started because this one's outcome is unknown.|uuid",
        ["progress"] = "Until it is final: how far it is.",
        ["provider_status"] = "When the provider refused the submit: with which HTTP status.",
        ["batch_id"] = "The batch's id.|uuid",
        ["batch_index"] = "Its place in the batch, from 0.",
        ["cost"] = "What it cost, in the provider's credits; left out while that is not known.",
        ["prompt"] = "In lists: the beginning of the prompt, up to 300 UTF-16 units.",
        ["Request.parameters"] = "In the full result: the model's parameters, as they went to the provider.",
        ["video_gone"] = "true when the video was there and is past its retention.",
        ["url"] = "A link that needs no key and expires.|uri",
        ["content_type"] = "The media type.",
        ["file_name"] = "The name of the file.",
        ["file_size"] = "Bytes.",
        ["sha256"] = "Of the bytes, in lower-case hex.",
        ["url_expires_at"] = "Until when the link works.",
        ["stream_url"] = "The same video through this API; does not expire.|uri",
        ["remaining_credits"] = "Of the provider's account.",
        ["inference_time"] = "Seconds of rendering.",
        ["queue_time"] = "Seconds of waiting at the provider.",
        ["total_time"] = "Seconds in all.",
        ["fraction"] = "From 0 to 1; 1 when COMPLETED and less before.",
        ["seconds_left"] = "Until the video is there, as far as one can expect.",
        ["errors"] = "What is wrong, by parameter.",
        ["limit"] = "Which limit, and how it stands.",
        ["name"] = $"Which limit.|{Names<LimitKind>()}",
        ["value"] = "What it is set to.",
        ["used"] = "How much of it is used.",
        ["asked"] = "How much more was asked for.",
        ["free_at"] = "When there is room; left out when there never is for so much at once.",
        ["dry_run"] = "true.",
        ["parameters"] = "As the provider takes them, its defaults included.",
        ["price_usd"] = "Per generation; null when none is published.",
        ["typical_seconds"] = "From submit to finished video.",
        ["refused_by"] = "The limit that would refuse it now.",
        ["low"] = "From.",
        ["high"] = "To.",
        ["since"] = "Accepted from then on.",
        ["until"] = "Accepted before.",
        ["remembered_since"] = "Requests accepted before this have been forgotten and are not in here.",
        ["total"] = "All of it.",
        ["days"] = "Newest first; days without a request are left out.",
        ["day"] = "The date.",
        ["models"] = "Those that had requests.",
        ["requests"] = "How many.",
        ["completed"] = "How many are COMPLETED.",
        ["failed"] = "How many FAILED.",
        ["canceled"] = "How many were cancelled.",
        ["open"] = "How many are neither completed nor failed yet.",
        ["cost_usd"] = "What the provider reported.",
        ["charge_unknown"] = "How many may have been charged, or were, at a cost that was not reported.",
        ["next_cursor"] = "For the next page; left out on the last.",
        ["batch_url"] = "Where the batch is.|uri",
        ["requests_url"] = "Where its requests are, by page.|uri",
        ["counts"] = "How many of its requests are where.",
        ["concurrency"] = "How many are under way at once, at the most.",
        ["error_codes"] = "How many FAILED, by error code.",
        ["cancel_requested_at"] = "Until it has finished: when it was cancelled.",
        ["request_ids"] = "In the answer to a submit: its requests, in the order of the input.",
        ["queued"] = "Not begun.",
        ["in_flight"] = "Begun and not over.",
        ["batches"] = "The batches.",
        ["public_keys"] = "whpk_ and base64, for signatures that begin with v1a; none where webhooks are signed with shared secrets only.",
        ["slug"] = "Its name in paths.",
        ["title"] = "Its name for people.",
        ["description"] = "What it does.",
        ["kind"] = $"What it makes a video from.|{Names<ModelKind>()}",
        ["example"] = "A valid body.",
        ["type"] = "What its value has to be.|string number integer boolean",
        ["format"] = "What a string has to be: uri.",
        ["required"] = "Whether a body without it is refused.",
        ["enum"] = "The values there are.",
        ["minimum"] = "The least number.",
        ["maximum"] = "The greatest number.",
        ["max_length"] = "The most UTF-16 units.",
        ["default"] = "What the provider takes when it is not sent.",
        ["deliveries"] = "The deliveries.",
        ["event_id"] = "The event's id: the webhook-id of every attempt.",
        ["ended"] = $"Why it ended; left out while it is pending.|{Names<DeliveryEnd>()}",
        ["redelivery"] = "Its number, when somebody asked for it.",
        ["started_at"] = "When it was begun.",
        ["next_attempt_at"] = "While it is pending: when the next attempt is due.",
        ["paused"] = "Whether its endpoint is paused.",
        ["attempts"] = "The attempts, oldest first.",
        ["number"] = "From 1.",
        ["at"] = "When it began.",
        ["verdict"] = "What it came to.|delivered rejected failed blocked",
        ["duration_ms"] = "How long it took, in milliseconds.",
        ["answer"] = "The first bytes of the answer; of many attempts, of the newest.",
        ["endpoints"] = "The endpoints.",
        ["missed"] = "How many events it has missed.",
        ["failing_since"] = "Its first failure since its last success.",
        ["paused_at"] = "Since when nothing is sent to it.",
        ["last_failure_at"] = "The last failure that was noted; not each is.",
        ["last_status"] = "The HTTP status of that one, when there was an answer.",
        ["last_error"] = "Why there was none.",
        ["resending"] = "In the answer to a resume: what it has missed is being sent.",
        ["Delivery.type"] = "The event's type.",
        ["Delivery.url"] = "Where it goes.|uri",
        ["Delivery.state"] = $"How it stands.|{Names<DeliveryState>()}",
        ["DeliveryAttempt.status"] = "The HTTP status, when there was an answer.",
        ["DeliveryAttempt.error"] = "Why there was no answer.",
        ["Endpoint.url"] = "Without its query.|uri",
        ["Endpoint.state"] = $"How it stands.|{Names<EndpointState>()}",
        ["Batch.status"] = $"Where it is; FAILED when the durable engine ended it.|{Names<BatchStatus>().ToUpperInvariant()}",
        ["Health.status"] = "ok or unavailable.|ok unavailable",
        ["Error.request_id"] = "The request that it is about.|uuid",
        ["Model.parameters"] = "What it takes.",
        ["Parameter.name"] = "Its name in a body.",
        ["RequestList.requests"] = "The requests.",
        ["UsageFigures.failed"] = "How many FAILED without being cancelled.",
        ["UsageFigures.model"] = "The model's slug; left out in the total.",
        ["BatchCounts.failed"] = "How many FAILED, those that were cancelled included.",
    };

    /// <summary>The component's name of a type.</summary>
    public static string NameOf(Type type) => Types.TryGetValue(type, out var known) ? known.Name : type.Name;

    /// <summary>What is said of a component.</summary>
    public static string? Find(string name) => Types.Values.FirstOrDefault(type => type.Name == name).Text;

    /// <summary>Adds to a member's schema what is said of it.</summary>
    public static void Describe(JsonObject schema, string owner, string name)
    {
        if (!Members.TryGetValue($"{owner}.{name}", out var text) && !Members.TryGetValue(name, out text)) return;
        var parts = text.Split('|');
        schema["description"] = parts[0];
        if (parts is not [_, var more]) return;
        if (more is "uri" or "uuid") schema["format"] = more;
        else schema["enum"] = new JsonArray([.. more.Split(' ').Select(value => JsonValue.Create(value))]);
    }

    private static string Names<T>()
        where T : struct, Enum => string.Join(' ', Enum.GetNames<T>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName));
}
