using Reel.Local.Azurite;
using Reel.Webhooks;

namespace Reel.Tests.Webhooks;

/// <summary>
/// What Reel signs, verified by the reference library of Standard Webhooks for JavaScript, and the other way round. The library is installed beside the
/// tests once, from npm, in the version that the lock file pins. It knows v1 only; v1a is verified by Node's crypto in <see cref="ReadmeReceiverTests"/>.
/// </summary>
public sealed class ReferenceLibraryTests
{
    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Reference");

    [Fact]
    public async Task The_reference_library_finds_valid_what_Reel_signed_and_nothing_else()
    {
        await InstallAsync();

        // A timestamp that is no number is more than its sign function can take; ReadmeReceiverTests has those.
        var parcels = Parcels.For(Parcels.Secret, Parcels.Secret, Parcels.Other)
            .Where(parcel => long.TryParse(parcel.Headers.GetValueOrDefault(WebhookHeaders.Timestamp), out _)).ToList();
        var answers = await Script.AskAsync(NodeTools.Node, Folder, "verify.mjs", parcels);

        Assert.True(parcels.Count > 15);
        Assert.Equal(parcels.Select(parcel => (parcel.Name, parcel.IsValid)), parcels.Zip(answers, (parcel, answer) => (parcel.Name, (bool)answer["valid"]!)));
    }

    [Fact]
    public async Task Reel_finds_valid_what_the_reference_library_signed()
    {
        await InstallAsync();

        var parcels = Parcels.For(Parcels.Other, Parcels.Other, Parcels.Secret).Where(parcel => parcel.IsValid).ToList();
        var answers = await Script.AskAsync(NodeTools.Node, Folder, "verify.mjs", parcels);

        Assert.NotEmpty(parcels);
        Assert.All(parcels.Zip(answers), pair => Assert.Equal(
            WebhookVerdict.Valid,
            new WebhookVerifier(Parcels.Other).Verify(
                pair.First.Headers[WebhookHeaders.Id], pair.First.Headers[WebhookHeaders.Timestamp], (string)pair.Second["signature"]!, pair.First.Body)));
    }

    private static async Task InstallAsync()
    {
        await using var held = await FileLock.TakeAsync(Folder + ".lock", () => { }, CancellationToken.None);
        var installed = Path.Combine(Folder, "installed");
        var wanted = await File.ReadAllTextAsync(Path.Combine(Folder, "package-lock.json"));
        if (File.Exists(installed) && await File.ReadAllTextAsync(installed) == wanted) return;

        await Script.RunAsync(NodeTools.Npm, Folder, ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"], "");
        await File.WriteAllTextAsync(installed, wanted);
    }
}
