using System.Globalization;
using System.Text.RegularExpressions;
using Grpc.Core;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Reel.EndToEnd.Tests.Azurite;
using Reel.ErrorTable;
using Reel.Functions.Tests.Infra;
using Reel.Generations;
using Reel.Hostile;
using Reel.Webhooks;

namespace Reel.Functions.Tests.Api;

/// <summary>The error table, through the function.</summary>
public sealed partial class ErrorTableTests(ErrorTableTests.World world) : IClassFixture<ErrorTableTests.World>
{
    // README says them in a sentence of their own: a render's, not a call's.
    private static readonly string[] OfRenders =
    [
        ErrorCodes.ProviderFailed, ErrorCodes.ContentBlocked, ErrorCodes.SubmitRefused, ErrorCodes.SubmitOutcomeUnknown, ErrorCodes.InsufficientCredits,
        ErrorCodes.TimedOut, ErrorCodes.Canceled, "still_under_way",
    ];

    public static TheoryData<string> Names => Rows.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public Task Each_row_is_answered_as_it_says(string row) => Rows.AssertAsync(row, world);

    [Fact]
    public Task A_redelivery_that_cannot_be_is_answered() => RefusedRedeliveries.AssertAsync(world);

    [Fact]
    public Task A_body_that_cannot_be_read_or_does_not_come_is_answered() => BrokenBodies.AssertAsync(world.Http.BaseAddress!);

    [Fact]
    public void The_table_in_README_has_each_status_with_its_codes_and_no_others()
    {
        var shown = Repository.Read("README.md").Split('\n')
            .Select(line => TableRow().Match(line))
            .Where(row => row.Success)
            .SelectMany(row => Code().Matches(row.Groups[2].Value).Select(code => (int.Parse(row.Groups[1].Value, CultureInfo.InvariantCulture), code.Groups[1].Value)));

        Assert.Equal(Rows.Codes.Concat(BrokenBodies.Codes).Concat(RefusedRedeliveries.Codes).Where(one => !OfRenders.Contains(one.Code)).Distinct().Order(), shown.Order());
    }

    [GeneratedRegex(@"^\| (\d{3}) \| (.*) \|$")]
    private static partial Regex TableRow();

    [GeneratedRegex("`([a-z]+(?:_[a-z]+)*)`")]
    private static partial Regex Code();

    public sealed class World : IErrorWorld, IAsyncLifetime
    {
        private WorkerServer server = null!;
        private WorkerServer serverWithoutStorage = null!;

        public HttpClient Http { get; private set; } = null!;

        public HttpClient HttpWithoutStorage { get; private set; } = null!;

        public string Storage { get; private set; } = "";

        public GenerationState? StateOfNew { set => server.Client.StateOfNew = value; }

        public bool IsEngineDown { set => server.Client.Trouble = value ? new RpcException(new Status(StatusCode.Unavailable, "It is down.")) : null; }

        public async Task AddDeliveryAsync(string instanceId, WebhookEvent webhook, DeliveryProgress progress)
        {
            server.Client.StateOfNew = null;
            await server.Client.Object.ScheduleNewOrchestrationInstanceAsync(WebhookDelivery.FunctionName, webhook, new StartOrchestrationOptions(instanceId));
            server.Client.Advance(instanceId, OrchestrationRuntimeStatus.Completed, progress);
            server.Client.Backdate(instanceId, TimeSpan.FromHours(1));
        }

        public async Task InitializeAsync()
        {
            var azurite = new AzuriteFixture();
            await azurite.InitializeAsync();
            Storage = azurite.ConnectionString;
            server = await WorkerServer.StartAsync([("AzureWebJobsStorage", Storage), .. Rows.Settings]);
            serverWithoutStorage = await WorkerServer.StartAsync(("AzureWebJobsStorage", DeadPort.ConnectionString));
            Http = server.Caller(key: null);
            HttpWithoutStorage = serverWithoutStorage.Caller(key: null);
        }

        public async Task DisposeAsync()
        {
            Http.Dispose();
            HttpWithoutStorage.Dispose();
            await server.DisposeAsync();
            await serverWithoutStorage.DisposeAsync();
        }
    }
}
