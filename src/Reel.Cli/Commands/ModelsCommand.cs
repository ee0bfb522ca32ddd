using System.CommandLine;
using System.Text.Json;
using Reel.Cli.Generating;
using Reel.Cli.Terminal;

namespace Reel.Cli.Commands;

/// <summary><c>reel models</c>: what there is to choose from.</summary>
internal sealed class ModelsCommand : ReelCommand
{
    private readonly Argument<string?> model = new("MODEL") { Description = "Show the parameters of this one.", Arity = ArgumentArity.ZeroOrOne };

    public ModelsCommand()
        : base("models", "Shows the models with prices and times, or one with its parameters.")
    {
        Add(model);
        Example("reel models");
        Example("reel models kling-2.6");
        Run(RunAsync);
    }

    private Task<int> RunAsync(ParseResult parsed, Session session, CancellationToken cancellationToken) =>
        parsed.GetValue(model) is { } slug ? ShowAsync(session, slug, cancellationToken) : ListAsync(session, cancellationToken);

    private static async Task<int> ListAsync(Session session, CancellationToken cancellationToken)
    {
        var models = await session.Connect().Models.ListAsync(cancellationToken);
        if (session.Screen.IsJson)
        {
            foreach (var one in models) session.Screen.Write(one.Json);
            return ExitCode.Done;
        }

        session.Screen.Write(
            ["MODEL", "KIND", "PRICE", "TYPICALLY", "TITLE"],
            models.Select(one => new[] { one.Slug, one.Kind.Replace('_', ' '), Prices.Show(one.PriceUsd), $"{one.TypicalSeconds:0} s", one.Title }));
        return ExitCode.Done;
    }

    private static async Task<int> ShowAsync(Session session, string slug, CancellationToken cancellationToken)
    {
        var found = await session.Connect().Models.GetAsync(slug, cancellationToken);
        var screen = session.Screen;
        if (screen.IsJson)
        {
            screen.Write(found.Json);
            return ExitCode.Done;
        }

        screen.Say($"{found.Title}: {found.Description}\n{Prices.Show(found.PriceUsd)} per video, typically after {found.TypicalSeconds:0} s.\n");
        screen.Write(
            ["PARAMETER", "TYPE", "DEFAULT", "DESCRIPTION"],
            found.Parameters.Select(one => new[]
            {
                one.Name,
                one.Enum is { } values ? string.Join(" | ", values.Select(ParameterOption.Show)) : one.Format ?? one.Type,
                one.Required ? "required" : one.Default is { ValueKind: not JsonValueKind.Null } value ? ParameterOption.Show(value) : "",
                one.Description,
            }));
        return ExitCode.Done;
    }
}
