namespace Reel.Cli.Terminal;

/// <summary>What <c>reel</c> ends with.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>The API refused, or something on this machine failed.</summary>
    public const int Error = 1;

    /// <summary>The line, or the input of a batch, is wrong.</summary>
    public const int Usage = 2;

    /// <summary>A request, or one of several, FAILED.</summary>
    public const int Failed = 3;

    public const int Unauthorized = 4;

    /// <summary>The server is away, or broke off.</summary>
    public const int Unreachable = 5;

    /// <summary>Ctrl+C.</summary>
    public const int Interrupted = 130;

    /// <summary>Nobody reads standard output any more, as in <c>reel list | head</c>: what a shell says of those that SIGPIPE ends.</summary>
    public const int ReaderGone = 141;

    /// <summary>For scripts, in a help text.</summary>
    public const string Description = "0 done, 1 error, 2 usage, 3 a request FAILED, 4 unauthorized, 5 server unreachable, 130 interrupted, 141 output not read to its end";
}
