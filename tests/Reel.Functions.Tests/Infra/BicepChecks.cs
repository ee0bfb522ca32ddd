using System.Text.RegularExpressions;

namespace Reel.Functions.Tests.Infra;

/// <summary>What a compiler would say first, and what it would not: each check names the faults that it finds.</summary>
internal static partial class BicepChecks
{
    public static IEnumerable<string> Balance(BicepFile file) => file.Scan.Faults.Select(fault => $"{file.Path}, {fault}");

    public static IEnumerable<string> UnusedParameters(BicepFile file) =>
        file.Parameters.Where(parameter => file.UsesOf(parameter.Name) < 2).Select(parameter => $"{file.Path}: {parameter.Name} is never used");

    /// <param name="find">A module's file by the path in the call.</param>
    public static IEnumerable<string> ModuleCalls(BicepFile file, Func<string, BicepFile?> find)
    {
        foreach (var call in file.Modules)
        {
            if (find(call.Path) is not { } module)
            {
                yield return $"{call.Name}: there is no {call.Path}";
                continue;
            }

            var known = module.Parameters.Select(parameter => parameter.Name).ToHashSet();
            foreach (var unknown in call.Given.Where(name => !known.Contains(name))) yield return $"{call.Name}: {unknown} is no parameter of {call.Path}";
            foreach (var twice in call.Given.GroupBy(name => name).Where(group => group.Count() > 1)) yield return $"{call.Name}: {twice.Key} is given twice";
            foreach (var missing in module.Parameters.Where(parameter => !parameter.HasDefault && !call.Given.Contains(parameter.Name)))
                yield return $"{call.Name}: {missing.Name} is not given";
            foreach (var output in Regex.Matches(file.Code, $@"\b{call.Name}!?\.outputs\.(?<name>\w+)").Select(match => match.Groups["name"].Value))
                if (!module.Outputs.Contains(output)) yield return $"{call.Name}: {output} is no output of {call.Path}";
        }
    }

    public static IEnumerable<string> ApiVersions(BicepFile file) =>
        file.Resources.Where(type => !TypeWithVersion().IsMatch(type)).Select(type => $"{file.Path}: '{type}' names no released API version");

    public static IEnumerable<string> Secrets(string path, string text) =>
        SecretPatterns().Matches(text).Select(match => $"{path}: {match.Value[..Math.Min(12, match.Value.Length)]}… looks like a secret");

    public static IEnumerable<string> RoleIds(BicepFile file) =>
        file.Scan.Strings.SelectMany(literal => Ids().Matches(literal)).Select(match => $"{file.Path}: {match.Value} belongs into roles.json");

    /// <summary>Parameters that a parameters file gives, against those of the template.</summary>
    public static IEnumerable<string> ParametersFile(string text, BicepFile template)
    {
        var given = GivenParameter().Matches(BicepScan.Of(text).Code).Select(match => match.Groups["name"].Value).ToArray();
        foreach (var unknown in given.Where(name => template.Parameters.All(parameter => parameter.Name != name))) yield return $"{unknown} is no parameter";
        foreach (var missing in template.Parameters.Where(parameter => !parameter.HasDefault && !given.Contains(parameter.Name)))
            yield return $"{missing.Name} is not given";
    }

    [GeneratedRegex(@"^Microsoft\.\w+(/\w+)+@20\d\d-\d\d-\d\d$")]
    private static partial Regex TypeWithVersion();

    // Keys of the provider, webhook secrets, storage keys and signatures, and a default value of what should be given in secret.
    [GeneratedRegex(@"SG_[0-9a-fA-F]{8,}|whsec_[A-Za-z0-9+/]{8,}|AccountKey=\w+|SharedAccessKey=\w+|[?&]sig=\w+|[A-Za-z0-9+/]{60,}={0,2}(?![\w/.])|@secure\(\)\s*param \w+ \w+ = (?!''|\{\})")]
    private static partial Regex SecretPatterns();

    [GeneratedRegex(@"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")]
    private static partial Regex Ids();

    [GeneratedRegex(@"^param (?<name>\w+) =", RegexOptions.Multiline)]
    private static partial Regex GivenParameter();
}
