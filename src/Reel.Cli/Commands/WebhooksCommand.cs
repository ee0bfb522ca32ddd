namespace Reel.Cli.Commands;

/// <summary><c>reel webhooks</c>.</summary>
internal sealed class WebhooksCommand : ReelCommand
{
    public WebhooksCommand()
        : base("webhooks", "For those who write a receiver of webhooks.")
    {
        Add(new ListenCommand());
        Example("reel webhooks listen --secret-file .reel/webhook-secret");
    }
}
