namespace Reel.Cli.Commands;

/// <summary><c>reel batches</c>.</summary>
internal sealed class BatchesCommand : ReelCommand
{
    public BatchesCommand()
        : base("batches", "Batches on the server, as reel batch and others send them. To render a file: reel batch")
    {
        Add(new BatchListCommand());
        Add(new BatchStatusCommand());
        Add(new BatchCancelCommand());
        Example("reel batches list");
        Example("reel batches cancel fe5e03b0-fc94-85f9-85bd-115649ebc1d8");
    }
}
