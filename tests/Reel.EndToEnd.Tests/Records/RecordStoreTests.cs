using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using Reel.EndToEnd.Tests.Azurite;
using Reel.Records;
using Reel.Storage;

namespace Reel.EndToEnd.Tests.Records;

public sealed class RecordStoreTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    private readonly string name = $"notes/{Guid.NewGuid():N}.json";

    private sealed record Note(string Text, int? Count = null, DayOfWeek Day = DayOfWeek.Monday);

    [Fact]
    public async Task A_record_reads_back_as_it_was_created()
    {
        var store = Store();

        var created = await store.CreateAsync(name, new Note("schön", 7, DayOfWeek.Friday));

        Assert.NotNull(created);
        Assert.Equal(created, await store.ReadAsync<Note>(name));
        Assert.Equal(new Note("schön", 7, DayOfWeek.Friday), created.Value);
        var blob = Client().GetBlobContainerClient(RecordStore.Container).GetBlobClient(name);
        Assert.Equal("""{"text":"schön","count":7,"day":"friday"}""", (await blob.DownloadContentAsync()).Value.Content.ToString());
    }

    [Fact]
    public async Task What_was_never_created_is_null()
    {
        var store = Store();

        Assert.Null(await store.ReadAsync<Note>(name));
        Assert.Null(await store.ReplaceAsync(name, new Note("new"), "\"0x8D0000000000000\""));
        Assert.False(await store.DeleteAsync(name));
    }

    [Fact]
    public async Task A_record_is_created_once()
    {
        var store = Store();
        await store.CreateAsync(name, new Note("first"));

        Assert.Null(await store.CreateAsync(name, new Note("second")));
        Assert.Equal("first", (await store.ReadAsync<Note>(name))!.Value.Text);
    }

    [Fact]
    public async Task A_version_is_replaced_once()
    {
        var store = Store();
        var created = (await store.CreateAsync(name, new Note("first")))!;

        var second = await store.ReplaceAsync(name, new Note("second"), created.ETag);

        Assert.NotNull(second);
        Assert.Null(await store.ReplaceAsync(name, new Note("other"), created.ETag));
        Assert.NotNull(await store.ReplaceAsync(name, new Note("third"), second.ETag));
        Assert.Equal("third", (await store.ReadAsync<Note>(name))!.Value.Text);
    }

    [Fact]
    public async Task A_deleted_record_can_be_created_again_but_not_replaced()
    {
        var store = Store();
        var created = (await store.CreateAsync(name, new Note("first")))!;

        Assert.True(await store.DeleteAsync(name));

        Assert.Null(await store.ReadAsync<Note>(name));
        Assert.Null(await store.ReplaceAsync(name, new Note("second"), created.ETag));
        Assert.NotNull(await store.CreateAsync(name, new Note("third")));
    }

    [Fact]
    public async Task Of_many_who_create_or_replace_at_once_one_wins()
    {
        var store = Store();

        var created = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => store.CreateAsync(name, new Note($"{i}"))));
        var first = Assert.Single(created, record => record is not null)!;
        Assert.Equal(first, await store.ReadAsync<Note>(name));

        var replaced = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => store.ReplaceAsync(name, new Note($"again {i}"), first.ETag)));
        var second = Assert.Single(replaced, record => record is not null)!;
        Assert.Equal(second, await store.ReadAsync<Note>(name));
    }

    [Fact]
    public async Task A_create_whose_answer_got_lost_knows_its_own_write()
    {
        var losing = new AnswerLosingTransport();
        var store = Store(losing);
        await Store().CreateAsync($"{name}.first", new Note("the container is there"));

        losing.LoseNext();
        var created = await store.CreateAsync(name, new Note("mine"));

        Assert.Equal(1, losing.Lost);
        Assert.NotNull(created);
        Assert.Equal(created, await Store().ReadAsync<Note>(name));
    }

    [Fact]
    public async Task A_replace_whose_answer_got_lost_knows_its_own_write()
    {
        var losing = new AnswerLosingTransport();
        var store = Store(losing);
        var created = (await store.CreateAsync(name, new Note("first")))!;

        losing.LoseNext();
        var replaced = await store.ReplaceAsync(name, new Note("mine"), created.ETag);

        Assert.Equal(1, losing.Lost);
        Assert.NotNull(replaced);
        Assert.Equal(replaced, await Store().ReadAsync<Note>(name));
    }

    [Fact]
    public async Task A_create_that_lost_to_somebody_else_stays_lost_though_an_answer_got_lost_too()
    {
        var losing = new AnswerLosingTransport();
        await Store().CreateAsync(name, new Note("theirs"));

        losing.LoseNext();
        Assert.Null(await Store(losing).CreateAsync(name, new Note("mine")));

        Assert.Equal(1, losing.Lost);
        Assert.Equal("theirs", (await Store().ReadAsync<Note>(name))!.Value.Text);
    }

    private RecordStore Store(HttpPipelineTransport? transport = null) => new(Client(transport));

    private BlobServiceClient Client(HttpPipelineTransport? transport = null)
    {
        var options = StorageServices.ClientOptions();
        if (transport is not null) options.Transport = transport;
        return new BlobServiceClient(azurite.ConnectionString, options);
    }

    /// <summary>Lets a write through to the store and then loses the answer, as a network does.</summary>
    private sealed class AnswerLosingTransport : HttpPipelineTransport
    {
        private readonly HttpClientTransport inner = HttpClientTransport.Shared;
        private bool lose;

        public int Lost { get; private set; }

        public void LoseNext() => lose = true;

        public override Request CreateRequest() => inner.CreateRequest();

        public override void Process(HttpMessage message) => throw new NotSupportedException();

        public override async ValueTask ProcessAsync(HttpMessage message)
        {
            await inner.ProcessAsync(message);
            if (!lose || message.Request.Method != RequestMethod.Put) return;
            (lose, Lost) = (false, Lost + 1);
            throw new IOException("The answer got lost.");
        }
    }
}
