using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Reel.Orchestration;
using Reel.Storage;

namespace Reel.Records;

/// <summary>
/// Small JSON records in blobs, with optimistic concurrency: of several who create the same record, or replace the same version, one wins and
/// the others are told. Storage trouble throws <see cref="RequestFailedException"/> (or <see cref="AggregateException"/> of those, after retries).
/// </summary>
/// <remarks>
/// The storage client repeats a write whose answer got lost, and is then refused because of its own first try. So every write carries a
/// writer's mark as metadata, and who is refused looks whose mark is there. Only when somebody else has already replaced the record in
/// between does the answer stay "refused", which is the careful side.
/// </remarks>
public sealed class RecordStore(BlobServiceClient storage)
{
    /// <summary>The container of all records.</summary>
    public const string Container = "reel-records";

    private const string Writer = "writer";

    private readonly BlobContainerClient container = storage.GetBlobContainerClient(Container);

    /// <summary>The record, or null when there is none.</summary>
    public async Task<Record<T>?> ReadAsync<T>(string name, CancellationToken cancellationToken = default)
    {
        try
        {
            var blob = await container.GetBlobClient(name).DownloadContentAsync(cancellationToken);
            return new Record<T>(OrchestrationJson.Read<T>(blob.Value.Content.ToString())!, blob.Value.Details.ETag.ToString());
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return null;
        }
    }

    /// <summary>Creates the record; null when there is one of this name already.</summary>
    public Task<Record<T>?> CreateAsync<T>(string name, T value, CancellationToken cancellationToken = default) =>
        container.WithContainerAsync(
            token => WriteAsync(name, value, new BlobRequestConditions { IfNoneMatch = ETag.All }, token), cancellationToken);

    /// <summary>Replaces the version that has this ETag; null when the record has changed since, or is gone.</summary>
    public Task<Record<T>?> ReplaceAsync<T>(string name, T value, string etag, CancellationToken cancellationToken = default) =>
        WriteAsync(name, value, new BlobRequestConditions { IfMatch = new ETag(etag) }, cancellationToken);

    /// <summary>Deletes the record, whatever its version; false when there was none.</summary>
    public async Task<bool> DeleteAsync(string name, CancellationToken cancellationToken = default) =>
        await container.GetBlobClient(name).DeleteIfExistsAsync(cancellationToken: cancellationToken);

    /// <summary>Deletes this version of a record; false when it has changed since, or is gone.</summary>
    public async Task<bool> DeleteAsync(RecordVersion record, CancellationToken cancellationToken = default)
    {
        try
        {
            var conditions = new BlobRequestConditions { IfMatch = new ETag(record.ETag) };
            return await container.GetBlobClient(record.Name).DeleteIfExistsAsync(DeleteSnapshotsOption.None, conditions, cancellationToken);
        }
        catch (RequestFailedException e) when (e.Status == 412)
        {
            return false;
        }
    }

    /// <summary>The names of the records that begin with a prefix, in order.</summary>
    public async IAsyncEnumerable<string> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var record in ListVersionsAsync(prefix, cancellationToken)) yield return record.Name;
    }

    /// <summary>The records that begin with a prefix as they stand, in the order of their names.</summary>
    public async IAsyncEnumerable<RecordVersion> ListVersionsAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await using var blobs = container.GetBlobsAsync(prefix: prefix, cancellationToken: cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await NextAsync())
            yield return new RecordVersion(blobs.Current.Name, blobs.Current.Properties.ETag.ToString()!, blobs.Current.Properties.LastModified ?? DateTimeOffset.MaxValue);

        async Task<bool> NextAsync()
        {
            try
            {
                return await blobs.MoveNextAsync();
            }
            catch (RequestFailedException e) when (e.Status == 404)
            {
                return false; // No record was ever written, and there is no container.
            }
        }
    }

    private async Task<Record<T>?> WriteAsync<T>(string name, T value, BlobRequestConditions conditions, CancellationToken cancellationToken)
    {
        var blob = container.GetBlockBlobClient(name);
        var mark = RandomNumberGenerator.GetHexString(32);
        var options = new BlobUploadOptions
        {
            Conditions = conditions,
            HttpHeaders = new BlobHttpHeaders { ContentType = "application/json" },
            Metadata = new Dictionary<string, string> { [Writer] = mark },
        };
        try
        {
            using var content = BinaryData.FromString(OrchestrationJson.Write(value)).ToStream();
            var written = await blob.UploadAsync(content, options, cancellationToken);
            return new Record<T>(value, written.Value.ETag.ToString());
        }
        catch (RequestFailedException e) when (e.Status == 412 || e.ErrorCode == BlobErrorCode.BlobAlreadyExists)
        {
            return await FindMarkAsync(blob, mark, cancellationToken) is { } etag ? new Record<T>(value, etag) : null;
        }
        catch (RequestFailedException e) when (e.Status == 404 && conditions.IfMatch is not null)
        {
            return null;
        }
    }

    private static async Task<string?> FindMarkAsync(BlockBlobClient blob, string mark, CancellationToken cancellationToken)
    {
        try
        {
            var there = await blob.GetPropertiesAsync(cancellationToken: cancellationToken);
            return there.Value.Metadata.TryGetValue(Writer, out var writer) && writer == mark ? there.Value.ETag.ToString() : null;
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return null;
        }
    }
}
