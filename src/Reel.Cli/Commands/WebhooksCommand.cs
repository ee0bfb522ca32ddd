namespace Reel.Cli.Commands;

/// <summary><c>reel webhooks</c>.</summary>
internal sealed class WebhooksCommand : ReelCommand
{
    public WebhooksCommand()
        : base("webhooks", "Receivers of webhooks: try one out, see which are in trouble, resume one. What became of a request's webhooks: reel deliveries")
    {
        Add(new ListenCommand());
        Add(new EndpointsCommand());
        Add(new ResumeCommand());
        Add(new KeysCommand());
        Example("reel webhooks listen --secret-file .reel/webhook-secret");
        Example("reel webhooks endpoints");
    }
}
