using System.CommandLine;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Reel.Cli.Commands;
using Reel.Cli.Settings;
using Reel.Cli.Terminal;
using Reel.Client;

namespace Reel.Cli.Generating;

/// <summary><c>reel generate MODEL</c>, with the model's parameters as options.</summary>
internal sealed partial class ModelCommand : ReelCommand
{
    private readonly ReelModel model;
    private readonly List<ParameterOption> parameters = [];

    public ModelCommand(ReelModel model)
        : base(model.Slug, SafeText.Line($"{model.Title}: {model.Description}"))
    {
        this.model = model;
        Note = $"{Prices.Show(model.PriceUsd)} per video, typically after {model.TypicalSeconds:0} s.";
        var taken = GlobalOptions.All.Concat(GenerateOptions.All).SelectMany(option => option.Aliases.Append(option.Name)).Append("--help").ToHashSet(StringComparer.Ordinal);
        foreach (var parameter in model.Parameters.Where(ParameterOption.IsPossible))
        {
            var option = new ParameterOption(parameter, taken);
            parameters.Add(option);
            Add(option);
            taken.UnionWith(option.Aliases.Append(option.Name));
        }

        var required = string.Concat(parameters.Where(option => option.Required).Select(option => $" {option.Name} {Sample(option)}"));
        Example($"reel generate {model.Slug}{required} -o video.mp4");
        Run(RunAsync);
    }

    /// <summary>Whether a model can be a command at all: its name comes from a server.</summary>
    public static bool IsPossible(ReelModel model) => ProperName().IsMatch(model.Slug);

    private async Task<int> RunAsync(ParseResult parsed, Session session, CancellationToken cancellationToken)
    {
        var body = new JsonObject();
        foreach (var option in parameters)
        {
            if (option.Value(parsed) is { } value) body[option.Parameter] = value;
        }

        var options = GenerateOptions.Read(parsed);
        if (parsed.GetValue(GenerateOptions.DryRun)) return await DryRuns.ShowAsync(session, model.Slug, body, options, cancellationToken);

        var output = parsed.GetValue(GenerateOptions.Output);
        if (output is not null) OutputFile.Check(output);
        return await Generation.RunAsync(session, model.Slug, body, options, parsed.GetValue(GenerateOptions.Wait), output, cancellationToken);
    }

    private static string Sample(ParameterOption option) => option.Parameter == "prompt" ? "'a lighthouse in a storm'" : "https://example.com/lighthouse.png";

    [GeneratedRegex("^[a-z0-9][a-z0-9._-]{0,63}$")]
    private static partial Regex ProperName();
}
