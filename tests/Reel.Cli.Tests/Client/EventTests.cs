using Reel.Client;

namespace Reel.Cli.Tests.Client;

/// <summary>Requests as they change.</summary>
public sealed class EventTests
{
    private const string Rendering = """{"status":"PROCESSING","request_id":"fe5e0481-fc94-85f9-85bd-115649ebc1d8","stage":"rendering","progress":{"fraction":0.5,"seconds_left":60}}""";
    private const string Done = """{"status":"COMPLETED","request_id":"fe5e0481-fc94-85f9-85bd-115649ebc1d8","stage":"done"}""";

    [Fact]
    public async Task A_stream_that_breaks_off_is_gone_on_with_where_it_was()
    {
        var server = new FakeServer(
            FakeServer.Events($"retry: 1\n\n: hello\n\nevent: status\nid: one\ndata: {Rendering}\n\nevent: progress\ndata: {{\"fraction\":0.6,\"seconds_left\":50}}\n\nevent: status\nid: never\nda"),
            FakeServer.Events($"event: status\r\nid: two\r\ndata: {Done}\r\n\r\n"));
        using var client = server.Connect();

        var updates = await client.Events.WatchAsync("r").ToListAsync();

        Assert.Equal(["rendering", null, "done"], updates.Select(update => update.State?.Stage));
        Assert.Equal(0.6, updates[1].Progress!.Fraction);
        Assert.False(server.Calls[0].Headers.ContainsKey("Last-Event-ID"));
        Assert.Equal("one", server.Calls[1].Headers["Last-Event-ID"]);
    }

    [Fact]
    public async Task Where_no_streams_get_through_the_state_is_asked_for()
    {
        var server = new FakeServer(FakeServer.Json(404, """{"error": "e", "error_code": "not_found"}"""), FakeServer.Json(200, Rendering), FakeServer.Json(200, Done));
        using var client = server.Connect();

        var updates = await client.Events.WatchAsync("r").ToListAsync();

        Assert.Equal(["rendering", "done"], updates.Select(update => update.State!.Stage));
        Assert.Equal(["/base/v2/requests/r/status", "/base/v2/requests/r/status?wait=30"], server.Calls.Skip(1).Select(call => call.Path));
    }

    [Fact]
    public async Task Streams_that_bring_nothing_are_given_up_for_asking()
    {
        var server = new FakeServer(FakeServer.Events(""), FakeServer.Events(": held back\n\n"), FakeServer.Events(""), FakeServer.Json(200, Done));
        using var client = server.Connect();

        var update = Assert.Single(await client.Events.WatchAsync("r").ToListAsync());

        Assert.True(update.State!.IsCompleted);
        Assert.Equal(4, server.Calls.Count);
    }

    [Fact]
    public async Task A_request_that_is_not_there_is_told_by_its_state()
    {
        const string Unknown = """{"error": "Request r not found", "error_code": "not_found"}""";
        var server = new FakeServer(FakeServer.Json(404, Unknown), FakeServer.Json(404, Unknown));
        using var client = server.Connect();

        var exception = await Assert.ThrowsAsync<ReelException>(async () => await client.Events.WatchAsync("r").ToListAsync());

        Assert.Equal("not_found", exception.Code);
    }
}
