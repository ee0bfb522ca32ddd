using System.Text;
using Reel.Cli.Bulk;
using Reel.Cli.Terminal;
using Reel.Client;
using Reel.EndToEnd.Tests.Azurite;

namespace Reel.Cli.Tests.Bulk;

/// <summary>A folder of a file of requests, and runs of it: each as a process of its own would, which remembers nothing but what is in the folder.</summary>
internal sealed class RetryDesk
{
    public const string Url = "http://reel.test/";
    public const string Key = "key";

    private readonly StringBuilder talk = new();

    public string Path { get; } = TestFolder.Create();

    public RetryServer Server { get; } = new();

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The file of requests.</summary>
    public string Input { get; set; } = """
        {"n": 1}
        {"n": 2}
        {"n": 3}
        """;

    /// <summary>Whether it dies when it says what it has come to.</summary>
    public bool DiesTelling { get; set; }

    /// <summary>All that was said.</summary>
    public string Talk => talk.ToString();

    /// <summary>What is remembered.</summary>
    public BatchState State
    {
        get
        {
            using var folder = BatchFolder.Open(Path);
            return folder.State!;
        }
    }

    /// <summary>The results as they are while a run is at work.</summary>
    public string ResultsText
    {
        get
        {
            using var file = new FileStream(System.IO.Path.Combine(Path, "results.jsonl"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(file);
            return reader.ReadToEnd();
        }
    }

    public async Task<IReadOnlyList<BatchResult>> RunAsync(bool failed = false, bool charged = false, bool skipInvalid = false)
    {
        var input = await BatchInput.ReadAsync(new StringReader(Input), CancellationToken.None);
        using var client = new ReelClient(new ReelClientOptions(new Uri(Url), Key) { Patience = TimeSpan.Zero }, new Way(Server));
        using var screen = new Screen(isJson: true, TextWriter.Null, new Teller(talk, DiesTelling), isTerminal: false, isLive: false);
        using var folder = BatchFolder.Open(Path);
        folder.Save(folder.StateFor(Url, Key));
        var wishes = new BatchWishes(SkipInvalid: skipInvalid, RetryFailed: failed, RetryCharged: charged);
        await new BatchJob(client, folder, input, screen, Time).RunAsync(wishes, CancellationToken.None);
        return folder.Results;
    }

    // A client disposes of its handler; the server outlives it.
    private sealed class Way(RetryServer server) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => server.AnswerAsync(request, cancellationToken);
    }

    private sealed class Teller(StringBuilder talk, bool dies) : StringWriter(talk)
    {
        public override void WriteLine(string? value)
        {
            if (dies && value!.Contains(" videos are in ", StringComparison.Ordinal)) throw new InvalidOperationException("killed");
            base.WriteLine(value);
        }
    }
}
