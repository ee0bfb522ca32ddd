using Reel.PageHeaders;

namespace Reel.Functions.Tests.Api;

/// <summary>The page's headers, through the function.</summary>
public sealed class PageHeaderTests(PageHeaderTests.World world) : IClassFixture<PageHeaderTests.World>
{
    public static TheoryData<string> Names => PageRows.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public Task Each_row_is_answered_as_it_says(string row) => PageRows.AssertAsync(row, world);

    [Fact]
    public Task Nothing_but_its_own_files_and_videos_is_let_in() => PageRows.AssertStrictAsync(world);

    [Fact]
    public Task What_a_browser_has_is_not_sent_again() => PageRows.AssertUnchangedAsync(world);

    [Fact]
    public Task Every_file_that_the_page_names_is_there() => PageRows.AssertWholeAsync(world);

    [Fact]
    public Task Its_links_begin_at_the_path_of_the_public_URL() => PageRows.AssertBaseAsync(world);

    public sealed class World : IPageWorld, IAsyncLifetime
    {
        private WorkerServer server = null!;
        private WorkerServer serverUnderPath = null!;

        public HttpClient Http { get; private set; } = null!;

        public HttpClient HttpUnderPath { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            server = await WorkerServer.StartAsync(PageRows.Settings);
            serverUnderPath = await WorkerServer.StartAsync(PageRows.UnderPathSettings);
            Http = server.Caller(key: null);
            HttpUnderPath = serverUnderPath.Caller(key: null);
        }

        public async Task DisposeAsync()
        {
            Http.Dispose();
            HttpUnderPath.Dispose();
            await server.DisposeAsync();
            await serverUnderPath.DisposeAsync();
        }
    }
}
