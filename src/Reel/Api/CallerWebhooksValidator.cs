using Microsoft.Extensions.Options;
using Reel.Webhooks;

namespace Reel.Api;

/// <summary>Webhook settings only for names that there are: for any other they would silently hold for nobody.</summary>
internal sealed class CallerWebhooksValidator(IOptions<ApiOptions> api) : IValidateOptions<WebhookOptions>
{
    public ValidateOptionsResult Validate(string? name, WebhookOptions options)
    {
        if (options.Keys.Count == 0 || FindNames() is not { } names) return ValidateOptionsResult.Success;

        var strangers = options.Keys.Keys.Where(caller => !names.Contains(caller, StringComparer.Ordinal)).ToList();
        return strangers.Count == 0
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(strangers.Select(caller => $"Webhooks__Keys__{caller}: there is no key of that name in Api__Keys."));
    }

    // What is wrong with the keys themselves is said where they are checked.
    private Dictionary<string, string>.KeyCollection? FindNames()
    {
        try
        {
            return api.Value.Keys.Keys;
        }
        catch (OptionsValidationException)
        {
            return null;
        }
    }
}
