using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Reel.Webhooks;

namespace Reel.Tests.Webhooks;

/// <summary>The receivers that README shows, run as they stand there on what Reel signs.</summary>
public sealed class ReadmeReceiverTests
{
    private const string StrangersKey = "whsk_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

    private static IReadOnlyList<Parcel> Shared => Parcels.For(Parcels.Secret, Parcels.Secret, Parcels.Other);

    private static IReadOnlyList<Parcel> Public => Parcels.For(Parcels.PublicKey, Parcels.PrivateKey, StrangersKey);

    [Fact]
    public async Task Node_verifies_with_a_secret() => await VerifyAsync("node", "js", 0, Shared);

    [Fact]
    public async Task Node_verifies_with_a_public_key() => await VerifyAsync("node", "js", 1, Public);

    [Fact]
    public async Task Python_verifies_with_a_secret() => await VerifyAsync("python3", "python", 0, Shared);

    [Fact]
    public void CSharp_verifies_without_Reel() =>
        Assert.All(Shared, parcel => Assert.True(parcel.IsValid == ReadmeReceiver.VerifyAlone(parcel.Key, parcel.ToHeaders(), parcel.Body), parcel.Name));

    [Fact]
    public void Reels_own_verifier_takes_both_kinds() =>
        Assert.All([.. Shared, .. Public], parcel => Assert.True(
            parcel.IsValid == (new WebhookVerifier(parcel.Key).Verify(parcel.ToHeaders(), parcel.Body) == WebhookVerdict.Valid), parcel.Name));

    [Fact]
    public async Task An_endpoint_with_it_lets_in_what_is_signed_and_nothing_else()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var app = builder.Build();
        ReadmeReceiver.Map(app, new WebhookVerifier(Parcels.Secret));
        await app.StartAsync();
        using var http = new HttpClient();

        foreach (var parcel in Shared.Where(parcel => parcel.Headers.Values.All(value => value.All(char.IsAscii))))
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(app.Urls.Single() + "/hook")) { Content = new ByteArrayContent(parcel.Body) };
            foreach (var (name, value) in parcel.Headers) request.Headers.TryAddWithoutValidation(name, value);
            using var answer = await http.SendAsync(request);
            Assert.True((parcel.IsValid ? 204 : 401) == (int)answer.StatusCode, $"{parcel.Name}: {answer.StatusCode}");
        }
    }

    [Fact]
    public void The_receivers_in_CSharp_are_those_that_were_compiled()
    {
        var compiled = Plain(File.ReadAllText(Path.Combine(ReadmeSection.Folder, "ReadmeReceiver.cs")));
        var blocks = ReadmeSection.Blocks("csharp");

        Assert.Equal(2, blocks.Count);
        Assert.All(blocks, block => Assert.Contains(Plain(block), compiled, StringComparison.Ordinal));

        static string Plain(string code) => string.Join('\n', code.ReplaceLineEndings("\n").Split('\n').Select(line => line.Trim()));
    }

    /// <summary>Puts a receiver of README's into a file of its own and lets it look at parcels.</summary>
    private static async Task VerifyAsync(string program, string language, int block, IReadOnlyList<Parcel> parcels)
    {
        var (file, main) = language == "js"
            ? ("receiver.mjs", """
                import { readFileSync } from "node:fs";
                import { verify } from "./receiver.mjs";
                const parcels = JSON.parse(readFileSync(0, "utf8"));
                console.log(JSON.stringify(parcels.map(({ key, headers, body }) => verify(key, headers, Buffer.from(body, "base64")))));
                """)
            : ("receiver.py", """
                import base64, json, sys
                from receiver import verify
                parcels = json.load(sys.stdin)
                print(json.dumps([verify(parcel["key"], parcel["headers"], base64.b64decode(parcel["body"])) for parcel in parcels]))
                """);
        var folder = Directory.CreateTempSubdirectory("reel-receiver-");
        try
        {
            var script = "main" + Path.GetExtension(file);
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, file), ReadmeSection.Blocks(language)[block]);
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, script), main);

            var answers = await Script.AskAsync(program, folder.FullName, script, parcels);

            Assert.Equal(parcels.Select(parcel => (parcel.Name, parcel.IsValid)), parcels.Zip(answers, (parcel, answer) => (parcel.Name, answer.GetValue<bool>())));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
