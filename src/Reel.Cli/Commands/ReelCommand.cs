using System.CommandLine;
using System.CommandLine.Parsing;

namespace Reel.Cli.Commands;

/// <summary>A command that shows how it is used.</summary>
internal class ReelCommand(string name, string description) : Command(name, description)
{
    private readonly List<string> examples = [];

    /// <summary>Lines that work.</summary>
    public IReadOnlyList<string> Examples => examples;

    /// <summary>What help says besides; null for nothing.</summary>
    public string? Note { get; protected init; }

    /// <summary>Adds a line that help shows.</summary>
    public void Example(string line) => examples.Add(line);

    /// <summary>Sets what it does.</summary>
    protected void Run(Func<ParseResult, Session, CancellationToken, Task<int>> run) =>
        SetAction((parsed, cancellationToken) => Session.RunAsync(parsed, run, cancellationToken));

    /// <summary>An argument for the id of a request.</summary>
    protected Argument<string> AddId()
    {
        var id = new Argument<string>("ID") { Description = "The request's id, as generate and list show it." };
        id.Validators.Add(CheckIds);
        Add(id);
        return id;
    }

    /// <summary>Refuses what can be no id.</summary>
    protected static void CheckIds(ArgumentResult given)
    {
        foreach (var token in given.Tokens.Where(token => !Guid.TryParseExact(token.Value, "D", out _)))
            given.AddError($"An ID is 32 hex digits in five groups, such as fe5e0481-fc94-85f9-85bd-115649ebc1d8; got '{token.Value}'");
    }
}
