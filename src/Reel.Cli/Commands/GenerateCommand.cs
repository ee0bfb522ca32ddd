using System.CommandLine;
using Reel.Cli.Generating;
using Reel.Cli.Settings;
using Reel.Cli.Terminal;
using Reel.Client;

namespace Reel.Cli.Commands;

/// <summary><c>reel generate MODEL</c>: a command for each model that the server has.</summary>
internal sealed class GenerateCommand : ReelCommand
{
    public GenerateCommand()
        : base("generate", "Sends a request for a video. Each model has options of its own: reel generate MODEL --help")
    {
        foreach (var option in GenerateOptions.All) Add(option);
        Example("reel generate kling-2.6 --prompt 'a lighthouse in a storm' --duration 5 --wait");
        Example("reel generate kling-1.6-image2video --image https://example.com/lighthouse.png -o lighthouse.mp4");
        Example("reel generate kling-2.6 --prompt 'a lighthouse in a storm' --dry-run");
        Example("reel generate kling-2.6 --help");
        SetAction(parsed => UsageErrors.WriteMissingModel(this, parsed.InvocationConfiguration.Error));
    }

    /// <summary>Why the models are not known; null when they are.</summary>
    public CommandTrouble? Trouble { get; private set; }

    /// <summary>Adds the models as commands.</summary>
    public async Task AddModelsAsync(ParseResult parsed, CatalogUse use)
    {
        // Where the options that say whom to ask are wrong, nobody is asked.
        var faults = GlobalOptions.All.SelectMany(option => parsed.GetResult(option)?.Errors ?? []).Select(fault => UsageErrors.MissingValue(fault.Message, GlobalOptions.All) ?? fault.Message).ToList();
        if (faults.Count > 0)
        {
            Trouble = new CommandTrouble(string.Join(Environment.NewLine, faults), ExitCode.Usage);
            return;
        }

        try
        {
            var settings = ConnectionSettings.Read(parsed);
            var models = await CatalogSource.LoadAsync(settings, use, CatalogSource.DefaultFolder, TimeProvider.System, CancellationToken.None);
            foreach (var model in models.Where(ModelCommand.IsPossible)) Add(new ModelCommand(model));
        }
        catch (ReelException exception)
        {
            Trouble = new CommandTrouble($"The models and their parameters are not known. {Failures.Describe(exception)}", Failures.ExitCodeOf(exception));
        }
        catch (SettingsException exception)
        {
            Trouble = new CommandTrouble(exception.Message, ExitCode.Usage);
        }
    }
}

/// <summary>What keeps a line from being read.</summary>
internal sealed record CommandTrouble(string Message, int ExitCode);
