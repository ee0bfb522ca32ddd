using System.Globalization;
using Microsoft.Extensions.Options;
using Reel.Settings;

namespace Reel.Webhooks;

/// <summary>The settings under <c>Webhooks</c>, checked when the host starts.</summary>
public sealed class WebhookOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Webhooks";

    /// <summary>
    /// What webhooks are signed with: <c>whsec_</c> and base64 of 24 to 64 bytes (HMAC-SHA256), or <c>whsk_</c> and base64 of an Ed25519 private key.
    /// Several, separated by spaces, while one is being exchanged, or for both kinds: each webhook is then signed with all. Unset: requests that name a
    /// webhook are refused, unless the caller has a secret of its own.
    /// </summary>
    public string? Secret { get; set; }

    /// <summary>Secrets and default endpoints by the name of an API key (<c>Webhooks__Keys__{name}__Secret</c>, <c>__Url</c>).</summary>
    public NamedSettings<CallerWebhooks> Keys { get; set; } = [];

    /// <summary>
    /// Also send to private and loopback addresses, to any port, and over plain http. For a desk, or a network of one's own; link-local addresses and
    /// metadata services of clouds stay out of reach.
    /// </summary>
    public bool AllowPrivateNetworks { get; set; }

    /// <summary>Ports beside 443 and 8443 that may be sent to: numbers from 1 to 65535, separated by spaces or commas. Unset: none.</summary>
    public string? AllowedPorts { get; set; }

    /// <summary>
    /// The wait before each attempt, the first included; as many attempts as entries (1 to 20), each wait 0 to 7 days. Null for
    /// <see cref="DeliverySchedule.Default"/>. Requests keep the schedule that was set when they were accepted.
    /// </summary>
    public IReadOnlyList<TimeSpan>? Schedule { get; set; }

    /// <summary>For an attempt as a whole, from the name's resolution to the last byte read; above 0, at most a minute.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>After how long without a 2xx an endpoint is paused until somebody resumes it; 1 minute to 60 days.</summary>
    public TimeSpan PauseAfter { get; set; } = TimeSpan.FromDays(5);

    /// <summary>The most attempts of a schedule.</summary>
    internal const int MostAttempts = 20;

    /// <summary>The parts of <see cref="AllowedPorts"/>; 0 for one that is no port.</summary>
    internal IReadOnlyList<int> MorePorts =>
        [.. (AllowedPorts ?? "").Split([' ', ','], StringSplitOptions.RemoveEmptyEntries).Select(port =>
            ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0)];
}

/// <summary>What a start with these settings is stopped by. Secrets are not shown.</summary>
internal sealed class WebhookOptionsValidator : IValidateOptions<WebhookOptions>
{
    private static readonly TimeSpan LeastPauseAfter = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan MostPauseAfter = TimeSpan.FromDays(60);
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(7);
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromMinutes(1);

    public ValidateOptionsResult Validate(string? name, WebhookOptions options)
    {
        var faults = new List<string>();
        if (FaultOfSecret("Webhooks__Secret", options.Secret) is { } fault) faults.Add(fault);
        foreach (var (caller, webhooks) in options.Keys) faults.AddRange(FaultsOf($"Webhooks__Keys__{caller}", webhooks, options));
        if (options.MorePorts.Contains(0)) faults.Add("Webhooks__AllowedPorts must be ports from 1 to 65535, separated by spaces or commas.");
        if (options.Schedule is { } schedule
            && (schedule.Count is 0 or > WebhookOptions.MostAttempts || schedule.Any(wait => wait < TimeSpan.Zero || wait > LongestWait)))
            faults.Add($"Webhooks__Schedule must have 1 to {WebhookOptions.MostAttempts} waits of 0 to 7 days (Webhooks__Schedule__0=00:00:00 and so on).");
        if (options.Timeout <= TimeSpan.Zero || options.Timeout > LongestTimeout)
            faults.Add("Webhooks__Timeout must be above 0 and at most a minute, for instance 00:00:15.");
        if (options.PauseAfter < LeastPauseAfter || options.PauseAfter > MostPauseAfter)
            faults.Add("Webhooks__PauseAfter must be 1 minute to 60 days, for instance 5.00:00:00.");
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static IEnumerable<string> FaultsOf(string setting, CallerWebhooks webhooks, WebhookOptions options)
    {
        if (FaultOfSecret($"{setting}__Secret", webhooks.Secret) is { } fault) yield return fault;
        if (webhooks.Url is null) yield break;
        if (!WebhookUrl.TryParse(webhooks.Url, options.AllowPrivateNetworks, out _, out var error, options.MorePorts)) yield return $"{setting}__Url {error}.";
        if (string.IsNullOrWhiteSpace(webhooks.Secret) && string.IsNullOrWhiteSpace(options.Secret))
            yield return $"{setting}__Url needs a secret to sign with: {setting}__Secret or Webhooks__Secret.";
    }

    private static string? FaultOfSecret(string setting, string? secret) =>
        string.IsNullOrWhiteSpace(secret) || WebhookSecrets.TryParse(secret, out _, out var error) ? null : $"{setting} {error}.";
}
