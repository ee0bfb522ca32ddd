using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Sas;
using Microsoft.Extensions.Logging;

namespace Reel.Storage;

/// <summary>
/// Signs links where no account key is at hand: with a user delegation key, which the account hands to an identity on request. One key serves all
/// links of this process for an hour and is then renewed beside the work; should that fail, it goes on serving for another hour.
/// https://learn.microsoft.com/rest/api/storageservices/create-user-delegation-sas
/// </summary>
public sealed partial class DelegationSigner(BlobServiceClient storage, TimeProvider time, ILogger<DelegationSigner> logger)
{
    /// <summary>How much longer than a link its key lives. After half of it the key is due.</summary>
    private static readonly TimeSpan Reserve = TimeSpan.FromHours(2);

    private static readonly TimeSpan RetryDelay = TimeSpan.FromMinutes(1);

    /// <summary>
    /// The longest that a link can be signed for: a key must end within seven days by the account's clock.
    /// https://learn.microsoft.com/rest/api/storageservices/get-user-delegation-key
    /// </summary>
    public static readonly TimeSpan LongestLink = TimeSpan.FromDays(7) - StorageServices.ClockSkew - Reserve;

    private readonly Lock gate = new();
    private HeldKey? held;
    private Task<HeldKey>? renewal;

    /// <summary>The blob's URL with a signature for what the link says. Its times are cut to what a key can cover, and say so afterwards.</summary>
    /// <exception cref="Azure.RequestFailedException">
    /// A key is needed and the account gives none: for want of the role Storage Blob Data Contributor or Storage Blob Delegator on the account (403), or
    /// because it does not answer. To be tried again.
    /// </exception>
    /// <exception cref="Azure.Identity.AuthenticationFailedException">There is no token for the identity. To be tried again.</exception>
    public async Task<Uri> SignAsync(BlobClient blob, BlobSasBuilder link, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var longest = DateTimeOffset.FromUnixTimeSeconds((now + LongestLink).ToUnixTimeSeconds());
        if (link.ExpiresOn > longest) link.ExpiresOn = longest;

        var key = await KeyAsync(now, link.ExpiresOn, cancellationToken);
        // Outside its key's time a link does not work; it should not claim to.
        if (link.ExpiresOn > key.SignedExpiresOn) link.ExpiresOn = key.SignedExpiresOn;
        if (link.StartsOn < key.SignedStartsOn) link.StartsOn = key.SignedStartsOn;
        (link.BlobContainerName, link.BlobName, link.Resource) = (blob.BlobContainerName, blob.Name, "b");
        return new BlobUriBuilder(blob.Uri) { Sas = link.ToSasQueryParameters(key, storage.AccountName) }.ToUri();
    }

    private async Task<UserDelegationKey> KeyAsync(DateTimeOffset now, DateTimeOffset until, CancellationToken cancellationToken)
    {
        Task<HeldKey> coming;
        lock (gate)
        {
            var covers = held?.Key.SignedExpiresOn >= until;
            if (covers && now < held!.DueAt) return held.Key;
            if (renewal is null or { IsCompleted: true })
            {
                // For all who wait, so no caller's leaving ends it; and a failure that nobody waits for was logged and is no news.
                renewal = Task.Run(() => RenewAsync(now, until), CancellationToken.None);
                _ = renewal.ContinueWith(failed => _ = failed.Exception, TaskScheduler.Default);
            }
            if (covers) return held!.Key;
            coming = renewal;
        }
        return (await coming.WaitAsync(cancellationToken)).Key;
    }

    private async Task<HeldKey> RenewAsync(DateTimeOffset now, DateTimeOffset until)
    {
        try
        {
            UserDelegationKey key = await storage.GetUserDelegationKeyAsync(now - StorageServices.ClockSkew, until + Reserve);
            var fresh = new HeldKey(key, now + (Reserve / 2));
            lock (gate) held = fresh;
            LogRenewed(key.SignedExpiresOn);
            return fresh;
        }
        catch (Exception exception)
        {
            lock (gate) held = held is null ? null : held with { DueAt = time.GetUtcNow() + RetryDelay };
            LogNotRenewed(exception);
            throw;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Storage gave a key that signs links until {ExpiresAt}")]
    private partial void LogRenewed(DateTimeOffset expiresAt);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Storage gave no key to sign links with. A 403 means that the identity has neither Storage Blob Data Contributor nor Storage Blob Delegator on the account")]
    private partial void LogNotRenewed(Exception exception);

    private sealed record HeldKey(UserDelegationKey Key, DateTimeOffset DueAt);
}
