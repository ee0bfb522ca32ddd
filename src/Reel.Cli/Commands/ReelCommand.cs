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

    /// <summary>An argument for an id; of a request unless it is described otherwise.</summary>
    protected Argument<string> AddId(string description = "The request's id, as generate and list show it.")
    {
        var id = new Argument<string>("ID") { Description = description };
        id.Validators.Add(CheckIds);
        Add(id);
        return id;
    }

    /// <summary>Whether it can be an id.</summary>
    protected static bool IsId(string text) => Guid.TryParseExact(text, "D", out _);

    /// <summary>Refuses what can be no id.</summary>
    protected static void CheckIds(ArgumentResult given)
    {
        foreach (var token in given.Tokens.Where(token => !IsId(token.Value)))
            given.AddError($"An ID is 32 hex digits in five groups, such as fe5e0481-fc94-85f9-85bd-115649ebc1d8; got '{token.Value}'");
    }
}
