using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Reel.Webhooks;

namespace Reel.Tests.Webhooks;

/// <summary>A webhook as a receiver in another language is handed it.</summary>
internal sealed record Parcel(string Name, string Key, IReadOnlyDictionary<string, string> Headers, byte[] Body, bool IsValid);

/// <summary>Programs of other languages, which the tests need: Node.js 20 or newer, and python3.</summary>
internal static class Script
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Gives parcels to a program as JSON and reads what it says of each.</summary>
    public static async Task<IReadOnlyList<JsonNode>> AskAsync(string program, string folder, string script, IEnumerable<Parcel> parcels)
    {
        var cases = new JsonArray([.. parcels.Select(parcel => new JsonObject
        {
            ["key"] = parcel.Key,
            ["headers"] = JsonSerializer.SerializeToNode(parcel.Headers),
            ["body"] = Convert.ToBase64String(parcel.Body),
        })]);
        return [.. JsonNode.Parse(await RunAsync(program, folder, [script], cases.ToJsonString()))!.AsArray().Select(answer => answer!)];
    }

    /// <summary>Runs a program to its end, which must be a good one; what it wrote.</summary>
    public static async Task<string> RunAsync(string program, string folder, IEnumerable<string> arguments, string input)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var process = Start(program, folder, arguments);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(patience.Token);
            var errors = process.StandardError.ReadToEndAsync(patience.Token);
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
            await process.WaitForExitAsync(patience.Token);
            Assert.True(process.ExitCode == 0, $"{program} ended with {process.ExitCode}: {await errors}");
            return await output;
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    private static Process Start(string program, string folder, IEnumerable<string> arguments)
    {
        try
        {
            return Process.Start(new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = folder,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            })!;
        }
        catch (Win32Exception missing)
        {
            throw new InvalidOperationException($"{program} is not on the PATH. The tests run README's receivers with it, so they need it.", missing);
        }
    }
}

/// <summary>Webhooks signed by Reel just now, right ones and wrong ones.</summary>
internal static class Parcels
{
    public const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    public const string Other = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX";
    public const string PrivateKey = "whsk_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    // Its public half as Node's crypto computes it.
    public const string PublicKey = "whpk_A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=";

    private const string Body = """{"type":"video.completed","timestamp":"2026-11-01T12:00:00.000Z","data":{"metadata":{"who":"ein Café, 一只猫 🎬"}}}""";

    /// <summary>For a receiver that has one key.</summary>
    /// <param name="key">The receiver's.</param>
    /// <param name="sender">The sender's that belongs to it.</param>
    /// <param name="stranger">A sender's that does not.</param>
    public static IReadOnlyList<Parcel> For(string key, string sender, string stranger) =>
    [
        Make("just signed", key, sender, isValid: true),
        Make("signed with another secret first", key, $"{stranger} {sender}", isValid: true),
        Make("signed with another secret last", key, $"{sender} {stranger}", isValid: true),
        Make("signed with keys of both kinds", key, $"{Other} {PrivateKey} {sender}", isValid: true),
        Make("beside versions that nobody knows", key, sender, isValid: true, signatures: right => $"v2,AAAA v1 v1, v1a, x {right}"),
        Make("four minutes old", key, sender, isValid: true, age: 240),
        Make("signed with another secret", key, stranger, isValid: false),
        Make("a changed body", key, sender, isValid: false, body: Body.Replace("completed", "failed", StringComparison.Ordinal)),
        Make("a body read and written again", key, sender, isValid: false, body: JsonNode.Parse(Body)!.ToJsonString(new JsonSerializerOptions { WriteIndented = true })),
        Make("ten minutes old", key, sender, isValid: false, age: 600),
        Make("ten minutes early", key, sender, isValid: false, age: -600),
        Make("another id", key, sender, isValid: false, change: headers => headers[WebhookHeaders.Id] = "evt_2"),
        Make("another timestamp", key, sender, isValid: false, age: 60, change: headers => headers[WebhookHeaders.Timestamp] = $"{Now}"),
        Make("a timestamp that is none", key, sender, isValid: false, change: headers => headers[WebhookHeaders.Timestamp] = "soon"),
        Make("a timestamp too long for a float", key, sender, isValid: false, change: headers => headers[WebhookHeaders.Timestamp] = new string('9', 400)),
        Make("a timestamp too long for a number", key, sender, isValid: false, change: headers => headers[WebhookHeaders.Timestamp] = new string('9', 5_000)),
        Make("a signature that is none", key, sender, isValid: false, signatures: _ => "v1,not-base64 é"),
        Make("a shorter signature", key, sender, isValid: false, signatures: right => right[..^8]),
        Make("the version of another kind", key, sender, isValid: false, signatures: right => (right.StartsWith("v1a", StringComparison.Ordinal) ? "v1" : "v1a") + right[right.IndexOf(',', StringComparison.Ordinal)..]),
        Make("an empty signature", key, sender, isValid: false, signatures: _ => ""),
        Make("no signature", key, sender, isValid: false, change: headers => headers.Remove(WebhookHeaders.Signature)),
        Make("no timestamp", key, sender, isValid: false, change: headers => headers.Remove(WebhookHeaders.Timestamp)),
        Make("no id", key, sender, isValid: false, change: headers => headers.Remove(WebhookHeaders.Id)),
        Make("no header at all", key, sender, isValid: false, change: headers => headers.Clear()),
    ];

    private static long Now => DateTimeOffset.UtcNow.ToUnixTimeSeconds();

    /// <summary>The headers as ASP.NET Core has them.</summary>
    public static HeaderDictionary ToHeaders(this Parcel parcel)
    {
        var headers = new HeaderDictionary();
        foreach (var (name, value) in parcel.Headers) headers[name] = value;
        return headers;
    }

    private static Parcel Make(
        string name,
        string key,
        string sender,
        bool isValid,
        int age = 0,
        string body = Body,
        Func<string, string>? signatures = null,
        Action<Dictionary<string, string>>? change = null)
    {
        var at = DateTimeOffset.FromUnixTimeSeconds(Now - age);
        var right = new WebhookSigner(WebhookSecrets.Parse(sender)).Sign("evt_1", at, Encoding.UTF8.GetBytes(Body));
        var headers = new Dictionary<string, string>
        {
            [WebhookHeaders.Id] = "evt_1",
            [WebhookHeaders.Timestamp] = $"{at.ToUnixTimeSeconds()}",
            [WebhookHeaders.Signature] = signatures?.Invoke(right) ?? right,
        };
        change?.Invoke(headers);
        return new Parcel(name, key, headers, Encoding.UTF8.GetBytes(body), isValid);
    }
}
