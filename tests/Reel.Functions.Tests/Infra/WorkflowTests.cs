namespace Reel.Functions.Tests.Infra;

public sealed class WorkflowTests
{
    private static IReadOnlyDictionary<string, string> Ci => YamlOutline.Read(Repository.Read(".github/workflows/ci.yml"));

    private static IReadOnlyDictionary<string, string> Deploy => YamlOutline.Read(Repository.Read(".github/workflows/deploy.yml"));

    [Fact]
    public void Every_change_is_tested_by_the_one_command() => Assert.Contains("tests/run", Steps(Ci, "test", "run"));

    [Fact]
    public void The_templates_are_compiled_where_there_is_a_compiler()
    {
        var commands = Steps(Ci, "infra", "run").ToArray();
        Assert.Contains(commands, command => command.StartsWith("az bicep build --file infra/main.bicep ", StringComparison.Ordinal));
        Assert.Contains(commands, command => command.StartsWith("az bicep build-params --file infra/main.bicepparam ", StringComparison.Ordinal));
    }

    [Fact]
    public void The_variables_that_the_parameters_file_asks_for_are_there_when_it_is_compiled()
    {
        var given = Ci.Keys.Where(key => key.StartsWith("jobs.infra.env.", StringComparison.Ordinal)).Select(key => key["jobs.infra.env.".Length..]);
        var asked = BicepScan.Of(Repository.Read("infra/main.bicepparam")).Strings.Where(literal => literal is "SEGMIND_API_KEY" or "REEL_WEBHOOK_SECRET" or "REEL_API_KEYS");
        Assert.Equal(asked.Order(), given.Order());
    }

    [Fact]
    public void Code_is_deployed_by_hand_or_by_tag_and_only_once_it_is_tested()
    {
        Assert.Contains("on.workflow_dispatch", Deploy.Keys);
        Assert.Equal("['v*']", Deploy["on.push.tags"]);
        Assert.Equal("test", Deploy["jobs.deploy.needs"]);
        Assert.Contains("tests/run", Steps(Deploy, "test", "run"));
        Assert.Contains(Steps(Deploy, "deploy", "run"), command => command.StartsWith("dotnet publish src/Reel.Functions ", StringComparison.Ordinal));
    }

    [Fact]
    public void Azure_is_entered_by_a_token_of_this_run_and_no_stored_secret()
    {
        Assert.Equal("write", Deploy["jobs.deploy.permissions.id-token"]);
        Assert.Contains(Steps(Deploy, "deploy", "uses"), action => action.StartsWith("azure/login@", StringComparison.Ordinal));
        Assert.Contains("Azure/functions-action@v1", Steps(Deploy, "deploy", "uses"));
        Assert.DoesNotContain(Deploy.Values, value => value.Contains("secrets.", StringComparison.Ordinal));
    }

    [Fact]
    public void Azd_deploys_to_the_app_that_the_template_tags()
    {
        var azure = YamlOutline.Read(Repository.Read("azure.yaml"));
        Assert.Equal("src/Reel.Functions", azure["services.api.project"]);
        Assert.Equal("function", azure["services.api.host"]);
        Assert.Contains("'azd-service-name': 'api'", Repository.Read("infra/modules/app.bicep"), StringComparison.Ordinal);
        Assert.Contains("'azd-env-name': environmentName", Repository.Read("infra/main.bicep"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a:\n\tb: 1\n")]
    [InlineData("a:\n   b: 1\n")]
    [InlineData("a:\n    b: 1\n")]
    [InlineData("a: 1\na: 2\n")]
    [InlineData("a: [1, 2\n")]
    [InlineData("a: 'x\n")]
    [InlineData("a:1\n")]
    [InlineData("just text\n")]
    [InlineData("- a: 1\n")]
    public void What_is_no_plain_yaml_is_found(string text) => Assert.Throws<FormatException>(() => YamlOutline.Read(text));

    [Fact]
    public void Plain_yaml_is_read()
    {
        var outline = YamlOutline.Read("# note\na:\n  b: [1]\n  c:\n    - d: 1\n      e:\n        f: 2\n    - d: |\n        x: y\n        z\n\ng:\n");
        Assert.Equal(
            ["a=", "a.b=[1]", "a.c=", "a.c.0.d=1", "a.c.0.e=", "a.c.0.e.f=2", "a.c.1.d=x: y\nz\n\n", "g="],
            outline.Select(pair => $"{pair.Key}={pair.Value}"));
    }

    private static IEnumerable<string> Steps(IReadOnlyDictionary<string, string> workflow, string job, string key) =>
        workflow.Where(pair => pair.Key.StartsWith($"jobs.{job}.steps.", StringComparison.Ordinal) && pair.Key.EndsWith($".{key}", StringComparison.Ordinal))
            .Select(pair => pair.Value);
}
