using System.Text.Json;
using System.Text.RegularExpressions;

namespace Reel.Functions.Tests.Infra;

/// <summary>The templates as they are; <see cref="BicepCheckTests"/> shows that each of the checks can fail.</summary>
public sealed partial class BicepTests
{
    private static readonly Dictionary<string, BicepFile> Templates =
        Repository.Files("infra", "*.bicep").ToDictionary(path => path, path => BicepFile.Parse(path, Repository.Read(path)));

    private static BicepFile Main => Templates["infra/main.bicep"];

    private static BicepFile App => Templates["infra/modules/app.bicep"];

    /// <summary>Settings that the platform, the Functions host and the Durable extension read; all others are Reel's and stand in README.</summary>
    private static readonly string[] PlatformSettings =
    [
        "AzureWebJobsStorage__accountName",
        "AzureWebJobsStorage__credential",
        "AzureWebJobsStorage__clientId",
        "APPLICATIONINSIGHTS_CONNECTION_STRING",
        "APPLICATIONINSIGHTS_AUTHENTICATION_STRING",
        "DURABLE_TASK_SCHEDULER_CONNECTION_STRING",
        "TASKHUB_NAME",
    ];

    [Fact]
    public void The_templates_are_found() => Assert.True(Templates.Count >= 8 && Main.Modules.Count >= 6 && App.Parameters.Count >= 10);

    [Fact]
    public void Every_bracket_and_string_closes() => Assert.Empty(Templates.Values.SelectMany(BicepChecks.Balance));

    [Fact]
    public void Every_parameter_is_used() => Assert.Empty(Templates.Values.SelectMany(BicepChecks.UnusedParameters));

    [Fact]
    public void Every_module_gets_its_parameters_and_no_others_and_only_its_outputs_are_asked_for() =>
        Assert.Empty(Templates.Values.SelectMany(file => BicepChecks.ModuleCalls(file, path => Templates.GetValueOrDefault($"infra/{path}"))));

    [Fact]
    public void Every_module_file_is_called() =>
        Assert.Equal(
            Templates.Keys.Where(path => path.StartsWith("infra/modules/", StringComparison.Ordinal)),
            Main.Modules.Select(module => $"infra/{module.Path}").Order(StringComparer.Ordinal));

    [Fact]
    public void Every_resource_has_a_released_api_version() => Assert.Empty(Templates.Values.SelectMany(BicepChecks.ApiVersions));

    [Fact]
    public void No_secret_is_written_down() =>
        Assert.Empty(
            Templates.Keys.Append("infra/main.bicepparam").Append("infra/roles.json").Append("azure.yaml")
                .Concat(Repository.Files(".github/workflows", "*.yml"))
                .SelectMany(path => BicepChecks.Secrets(path, Repository.Read(path))));

    [Fact]
    public void Every_secret_parameter_is_secure()
    {
        foreach (var file in new[] { Main, Templates["infra/modules/vault.bicep"] })
        {
            foreach (var name in new[] { "segmindApiKey", "webhookSecret", "apiKeys" })
                Assert.Matches($@"@secure\(\)\nparam {name} ", file.Code);
        }
    }

    [Fact]
    public void The_role_table_has_the_built_in_roles_under_their_ids()
    {
        var expected = new Dictionary<string, string>
        {
            ["Storage Blob Data Owner"] = "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",
            ["Storage Queue Data Contributor"] = "974c5e8b-45b9-4653-ba55-5f855dd0fb88",
            ["Storage Table Data Contributor"] = "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3",
            ["Key Vault Secrets User"] = "4633458b-17de-408a-b874-0445c86b69e6",
            ["Monitoring Metrics Publisher"] = "3913510d-42f4-4e42-8a64-420c390055eb",
            ["Durable Task Data Contributor"] = "0ad04412-c4d5-4796-b79c-f76d14c8d402",
        };
        using var table = JsonDocument.Parse(Repository.Read("infra/roles.json"));
        Assert.Equal(expected, table.RootElement.EnumerateObject().ToDictionary(
            role => role.Value.GetProperty("name").GetString()!, role => role.Value.GetProperty("id").GetString()!));
    }

    [Fact]
    public void Roles_are_given_from_the_table_and_every_one_of_them_is()
    {
        Assert.Empty(Templates.Values.SelectMany(BicepChecks.RoleIds));

        using var table = JsonDocument.Parse(Repository.Read("infra/roles.json"));
        var used = Templates.Values.SelectMany(file => RoleUse().Matches(file.Code)).Select(match => match.Groups["key"].Value).Distinct().Order();
        Assert.Equal(table.RootElement.EnumerateObject().Select(role => role.Name).Order(), used);
    }

    [Fact]
    public void Every_app_setting_is_one_that_somebody_reads()
    {
        var settings = App.KeysOfVariable("settings").Concat(App.KeysOfVariable("schedulerSettings")).ToArray();
        var documented = ReadmeSetting().Matches(Repository.Read("README.md")).Select(match => match.Groups["name"].Value).ToHashSet();

        Assert.Contains("Segmind__ApiKey", settings);
        Assert.Contains("TASKHUB_NAME", settings);
        Assert.Empty(settings.Except(PlatformSettings).Except(documented));
    }

    [Fact]
    public void The_worker_runtime_is_not_a_setting_on_this_plan() => Assert.DoesNotContain("FUNCTIONS_WORKER_RUNTIME", App.Code, StringComparison.Ordinal);

    [Fact]
    public void Secrets_reach_the_app_as_references_to_entries_that_the_vault_gets()
    {
        // Up to where a caller's name is put in.
        var entries = Templates["infra/modules/vault.bicep"].Scan.Strings.Select(literal => literal.Split("${")[0]);
        var references = App.Scan.Strings.Where(literal => literal.StartsWith("@Microsoft.KeyVault(", StringComparison.Ordinal)).ToArray();
        Assert.Equal(3, references.Length);
        Assert.All(references, reference => Assert.Contains(SecretName().Match(reference).Groups["name"].Value, entries));
    }

    /// <summary>The plan's own number is for calls that are short, and streams would use it up.</summary>
    [Fact]
    public void An_instance_takes_many_calls_that_are_held_open() =>
        Assert.Matches(@"triggers: \{\s*http: \{\s*perInstanceConcurrency: 250\s", App.Code);

    [Fact]
    public void The_parameters_file_gives_what_the_template_asks_for() =>
        Assert.Empty(BicepChecks.ParametersFile(Repository.Read("infra/main.bicepparam"), Main));

    [Fact]
    public void The_records_container_and_its_folders_are_those_of_the_code()
    {
        var literals = Templates["infra/modules/storage.bicep"].Scan.Strings;
        Assert.Contains("reel-records", literals);
        Assert.Contains("Container = \"reel-records\"", Repository.Read("src/Reel/Records/RecordStore.cs"), StringComparison.Ordinal);
        Assert.Contains("${recordContainer}/batches/", literals);
        Assert.Contains("$\"batches/", Repository.Read("src/Reel/Batches/BatchRecords.cs"), StringComparison.Ordinal);
        // A paused endpoint stays so until it is resumed: the app knows which one is, and a lifecycle rule does not.
        Assert.DoesNotContain("${recordContainer}/endpoints/", literals);
        Assert.Contains("Prefix = \"endpoints/\"", Repository.Read("src/Reel/Webhooks/EndpointRecords.cs"), StringComparison.Ordinal);
        Assert.Contains("${recordContainer}/missed/", literals);
        Assert.Contains("Prefix = \"missed/\"", Repository.Read("src/Reel/Webhooks/MissedEvents.cs"), StringComparison.Ordinal);
        Assert.Contains("${recordContainer}/idempotency/", literals);
        Assert.Contains("$\"idempotency/", Repository.Read("src/Reel/Generations/IdempotencyKeys.cs"), StringComparison.Ordinal);
        Assert.Contains("${recordContainer}/resubmissions/", literals);
        Assert.Contains("$\"resubmissions/", Repository.Read("src/Reel/Generations/Resubmissions.cs"), StringComparison.Ordinal);
        Assert.Contains("${recordContainer}/submissions/", literals);
        Assert.Contains("$\"submissions/", Repository.Read("src/Reel/Generations/SubmissionRecord.cs"), StringComparison.Ordinal);
        Assert.Contains("${recordContainer}/usage/", literals);
        Assert.Contains("$\"usage/", Repository.Read("src/Reel/Generations/UsageRecords.cs"), StringComparison.Ordinal);
    }

    /// <summary>A message that is reworded would silence its alert.</summary>
    [Theory]
    [InlineData("message startswith \"Request \" and message contains \"failed: submit_outcome_unknown\"",
        "src/Reel/Generations/GenerationOrchestrator.Steps.cs", "\"Request {RequestId} failed: {ErrorCode};")]
    [InlineData("message contains \"failed: submit_outcome_unknown\"",
        "src/Reel/Generations/ErrorCodes.cs", "\"submit_outcome_unknown\"")]
    [InlineData("message startswith \"Webhook \" and message contains \" ended Exhausted after \"",
        "src/Reel/Webhooks/WebhookDelivery.cs", "\"Webhook {EventId} ended {End} after ")]
    [InlineData("message contains \" ended Exhausted after \"",
        "src/Reel/Webhooks/DeliveryProgress.cs", "    Exhausted,")]
    [InlineData("message startswith \"The webhook endpoint \" and message contains \" and is paused: \"",
        "src/Reel/Webhooks/EndpointRecords.cs", "\"The webhook endpoint {Key} of {CallerId} at {Host} fails since {Since} and is paused: ")]
    [InlineData("message startswith \"The webhook delivery of \"",
        "src/Reel/Generations/GenerationOrchestrator.Steps.cs", "\"The webhook delivery of request {RequestId} ")]
    [InlineData("message startswith \"The webhook delivery of \"",
        "src/Reel/Batches/BatchOrchestrator.cs", "\"The webhook delivery of batch {BatchId} ")]
    [InlineData("message startswith \"Webhook \" and message contains \", which could not be noted for its endpoint: \"",
        "src/Reel/Webhooks/WebhookDelivery.cs", "\"Webhook {EventId} ended {End}, which could not be noted for its endpoint: ")]
    public void Alerts_look_for_messages_that_the_code_writes(string query, string source, string message)
    {
        Assert.Contains(Templates["infra/modules/alerts.bicep"].Scan.Strings, literal => literal.Contains(query, StringComparison.Ordinal));
        Assert.Contains(message, Repository.Read(source), StringComparison.Ordinal);
    }

    [GeneratedRegex(@"\broles\.(?<key>\w+)\.id\b")]
    private static partial Regex RoleUse();

    // Settings stand in the first column, several of them with commas between.
    [GeneratedRegex(@"(?<=^\| [^|]*)`(?<name>\w+)`(?=[^|]*\|)", RegexOptions.Multiline)]
    private static partial Regex ReadmeSetting();

    [GeneratedRegex(@"secrets/(?<name>[^)$]+)")]
    private static partial Regex SecretName();
}
