namespace Reel.Models;

/// <summary>What <see cref="ParameterValidator"/> found.</summary>
public abstract record ParameterCheck
{
    private ParameterCheck()
    {
    }

    /// <summary>Nothing wrong.</summary>
    /// <param name="Json">The parameters to send on: one JSON object, in the catalogue's order, the same text for the same request.</param>
    public sealed record Valid(string Json) : ParameterCheck;

    /// <summary>All that is wrong; at least one fault.</summary>
    public sealed record Invalid(IReadOnlyList<ParameterFault> Faults) : ParameterCheck;
}

/// <summary>Something wrong with one parameter.</summary>
/// <param name="Parameter">Its name, shortened when long; <see cref="Body"/> when it is the body as a whole.</param>
/// <param name="Message">What to change; reads on from the name: <c>must be one of "16:9", "9:16", "1:1"; got "4:3"</c>.</param>
public sealed record ParameterFault(string Parameter, string Message)
{
    /// <summary>Stands for the whole body.</summary>
    public const string Body = "body";

    /// <inheritdoc/>
    public override string ToString() => $"{Parameter} {Message}";
}
