namespace Reel.Functions.Tests.Infra;

/// <summary>Each check on text that has the fault, and on text that only looks so.</summary>
public sealed class BicepCheckTests
{
    private const string Module = "param name string\nparam size int = 1\noutput id string = '${name}${size}'\n";

    [Theory]
    [InlineData("var a = {\n  b: [\n  ]\n", "line 1: '{' is not closed")]
    [InlineData("var a = [\n}\n", "line 2: '}' closes nothing")]
    [InlineData("var a = f(1))\n", "line 1: ')' closes nothing")]
    [InlineData("var a = 'open\nvar b = 1\n", "line 1: a string is not closed")]
    [InlineData("var a = '''open\nvar b = 1\n", "line 1: a string is not closed")]
    [InlineData("var a = '${b'\n", "line 1: a string is not closed")]
    public void What_does_not_close_is_found(string text, string fault) =>
        Assert.Contains($"x.bicep, {fault}", BicepChecks.Balance(BicepFile.Parse("x.bicep", text)));

    [Theory]
    [InlineData("// { [ ( '\nvar a = 1 /* { ' */\n")]
    [InlineData("var a = 'it\\'s } here'\n")]
    [InlineData("var a = '${f({ b: '}' })} }'\n")]
    [InlineData("var a = '''\n { ' ${ \n'''\n")]
    public void Brackets_in_strings_and_comments_do_not_count(string text) => Assert.Empty(BicepChecks.Balance(BicepFile.Parse("x.bicep", text)));

    [Theory]
    [InlineData("param a string\n", 1)]
    [InlineData("param a string\nvar b = 'a' // a\n", 1)]
    [InlineData("param a string\nvar b = c.a\nvar d = {\n  a: 1\n}\n", 1)]
    [InlineData("param a string\nvar b = '${a}'\n", 0)]
    [InlineData("param a string\nvar b = {\n  a: a\n}\n", 0)]
    public void A_parameter_that_is_never_used_is_found(string text, int faults) =>
        Assert.Equal(faults, BicepChecks.UnusedParameters(BicepFile.Parse("x.bicep", text)).Count());

    [Theory]
    [InlineData("name: 'x'", "m.outputs.id", null)]
    [InlineData("name: 'x'\n    size: 2", "m!.outputs.id", null)]
    [InlineData("size: 2", "m.outputs.id", "m: name is not given")]
    [InlineData("name: 'x'\n    colour: 'red'", "m.outputs.id", "m: colour is no parameter of m.bicep")]
    [InlineData("name: 'x'\n    name: 'y'", "m.outputs.id", "m: name is given twice")]
    [InlineData("name: 'x'", "m.outputs.url", "m: url is no output of m.bicep")]
    [InlineData("name: {\n      size: 3\n    }", "m.outputs.id", null)]
    public void A_module_call_that_does_not_fit_is_found(string given, string use, string? fault)
    {
        var caller = BicepFile.Parse("x.bicep", $"module m 'm.bicep' = if (true) {{\n  name: 'm'\n  params: {{\n    {given}\n  }}\n}}\nvar a = {use}\n");
        string[] expected = fault is null ? [] : [fault];
        Assert.Equal(expected, BicepChecks.ModuleCalls(caller, path => path == "m.bicep" ? BicepFile.Parse(path, Module) : null));
    }

    [Fact]
    public void A_module_that_is_not_there_is_found() =>
        Assert.Equal(
            ["m: there is no m.bicep"],
            BicepChecks.ModuleCalls(BicepFile.Parse("x.bicep", "module m 'm.bicep' = {\n  params: {\n  }\n}\n"), _ => null));

    [Theory]
    [InlineData("Microsoft.Web/sites", 1)]
    [InlineData("Microsoft.Web/sites@latest", 1)]
    [InlineData("Microsoft.Web/sites@2024-04-01-preview", 1)]
    [InlineData("Microsoft.Web/sites@2024-04-01", 0)]
    public void A_resource_without_a_released_api_version_is_found(string type, int faults) =>
        Assert.Equal(faults, BicepChecks.ApiVersions(BicepFile.Parse("x.bicep", $"resource a '{type}' = {{\n}}\n")).Count());

    [Theory]
    [InlineData("var a = 'SG_{0}'", 1)]
    [InlineData("var a = 'whsec_{0}'", 1)]
    [InlineData("var a = 'AccountName=x;AccountKey={0}'", 1)]
    [InlineData("var a = 'https://x/y?sig={0}'", 1)]
    [InlineData("var a = '{0}{0}{0}{0}=='", 1)]
    [InlineData("@secure()\nparam a string = '{0}'", 1)]
    [InlineData("@secure()\nparam a string = ''", 0)]
    [InlineData("var a = 'keys begin with SG_ or whsec_'", 0)]
    public void A_secret_is_found(string template, int faults) =>
        // Put together here, so that no line of this file looks like a secret to others who search.
        Assert.Equal(faults, BicepChecks.Secrets("x.bicep", template.Replace("{0}", "0123456789abcdef", StringComparison.Ordinal)).Count());

    [Fact]
    public void A_role_that_is_written_out_is_found() =>
        Assert.Single(BicepChecks.RoleIds(BicepFile.Parse("x.bicep", "var role = 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'\n")));

    [Theory]
    [InlineData("using 'm.bicep'\nparam name = 'x'\n", null)]
    [InlineData("using 'm.bicep'\nparam size = 2\n", "name is not given")]
    [InlineData("using 'm.bicep'\nparam name = 'x'\nparam colour = 'red'\n", "colour is no parameter")]
    public void A_parameters_file_that_does_not_fit_is_found(string text, string? fault)
    {
        string[] expected = fault is null ? [] : [fault];
        Assert.Equal(expected, BicepChecks.ParametersFile(text, BicepFile.Parse("m.bicep", Module)));
    }

    [Fact]
    public void Keys_of_a_variable_are_those_of_its_own_braces() =>
        Assert.Equal(
            ["A__B", "C"],
            BicepFile.Parse("x.bicep", "var s = empty(x) ? {} : {\n  A__B: 'x: y'\n  C: {\n    D: 1\n  }\n}\nvar t = {\n  E: 1\n}\n").KeysOfVariable("s"));
}
