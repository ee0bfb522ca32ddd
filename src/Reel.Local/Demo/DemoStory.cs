using System.Globalization;
using System.Text.Json.Nodes;
using Reel.Models;
using Spectre.Console;

namespace Reel.Local.Demo;

/// <summary>What happened to a request, and when.</summary>
/// <param name="File">The downloaded video; null when there is none.</param>
/// <param name="IsWhole">The file's SHA-256 is the one in the result.</param>
internal sealed record DemoStory(VideoModel Model, JsonObject Result, ReceivedWebhook Webhook, string? File, bool IsWhole)
{
    public bool IsSound => File is not null && IsWhole && Webhook is { IsVerified: true, Type: "video.completed" };

    public void Write(IAnsiConsole console)
    {
        var start = Time("created_at")!.Value;
        var table = new Table().Border(TableBorder.None).HideHeaders().AddColumns("after", "what");
        void Row(DateTimeOffset? at, string what)
        {
            if (at is { } time) table.AddRow(new Text(string.Create(CultureInfo.InvariantCulture, $"{(time - start).TotalSeconds,6:0.00} s")), new Text(what));
        }

        Row(start, $"accepted as {Result["request_id"]}");
        Row(Time("submitted_at"), $"submitted to the provider as {Result["provider_request_id"]}");
        Row(Time("rendered_at"), string.Create(CultureInfo.InvariantCulture, $"rendered; the provider would have charged ${Result["metrics"]?["cost"]?.GetValue<decimal>():0.00}"));
        Row(Time("finished_at"), Result["video"] is { } video ? $"saved to blob storage: {video["file_size"]} bytes, SHA-256 {video["sha256"]?.ToString()[..12]}…" : $"failed: {Result["error"]}");
        Row(Webhook.At, $"webhook {Webhook.Type} received, signature {(Webhook.IsVerified ? "verified" : "WRONG")}");

        console.WriteLine();
        console.MarkupLine($"[bold]{Model.Slug}[/]  {(IsSound ? "[green]done[/]" : "[red]not as it should be[/]")}");
        console.Write(table);
        if (File is not null) console.WriteLine($"  {File}");
    }

    private DateTimeOffset? Time(string name) =>
        Result[name] is { } value ? DateTimeOffset.Parse(value.GetValue<string>(), CultureInfo.InvariantCulture) : null;
}
