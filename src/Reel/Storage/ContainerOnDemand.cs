using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace Reel.Storage;

/// <summary>
/// A private container that is made when something finds it missing. Nothing is asked or remembered beforehand, so the usual case costs no
/// request, and a container deleted under a running process comes back.
/// </summary>
internal static class ContainerOnDemand
{
    /// <summary>Runs an operation that writes; when the container is missing, makes it and runs the operation once more.</summary>
    public static async Task<T> WithContainerAsync<T>(
        this BlobContainerClient container, Func<CancellationToken, Task<T>> operation, CancellationToken cancellationToken)
    {
        try
        {
            return await operation(cancellationToken);
        }
        catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.ContainerNotFound)
        {
            await container.CreateIfNotExistsAsync(PublicAccessType.None, cancellationToken: cancellationToken);
            return await operation(cancellationToken);
        }
    }
}
