namespace Reel.Emulator.Models;

/// <summary>The models that the emulated provider has.</summary>
internal static class ModelPages
{
    private static readonly Parameter Aspect = Parameter.OneOf("aspect_ratio", "16:9", "9:16", "1:1");
    private static readonly Parameter CfgScale = Parameter.Fraction("cfg_scale");
    private static readonly Parameter Duration = Parameter.Duration();
    private static readonly Parameter NegativePrompt = Parameter.Text("negative_prompt");

    private static readonly ModelPage[] All =
    [
        // (assumed) The published ends are a quarter and the whole of $1.75: sound doubles the price, and so does the longer video.
        new("kling-2.6", 123.28,
            [Parameter.Text("prompt", required: true), Aspect, CfgScale, Duration, Parameter.Flag("generate_audio"),
                Parameter.Link("image_url", nullable: true), Parameter.OneOf("mode", "pro"), NegativePrompt],
            new Render(10, "pro", "16:9", Audio: true),
            render => (render.Duration, render.Audio) switch { (5, false) => 0.438m, (10, true) => 1.75m, _ => 0.875m }),

        // (assumed) $1.96 is $0.56 times 2 for the longer video times 1.75 for "pro", which this model's page does not offer.
        new("kling-1.6-text2video", 304.08,
            [Parameter.Text("prompt", required: true), Aspect, CfgScale, Duration, Parameter.OneOf("mode", "std"), NegativePrompt],
            new Render(5, "std", "16:9", Audio: false),
            PriceOfKling16),

        // (assumed) No price is published for this one: that of its sibling.
        new("kling-1.6-image2video", 288.27,
            [Parameter.Link("image", required: true), CfgScale, Duration, Parameter.OneOf("mode", "std", "pro"), NegativePrompt,
                Parameter.Text("prompt")],
            new Render(5, "pro", "16:9", Audio: false),
            PriceOfKling16),
    ];

    public static ModelPage? Find(string slug) => Array.Find(All, page => page.Slug == slug);

    private static decimal PriceOfKling16(Render render) => 0.56m * (render.Duration / 5) * (render.Mode == "pro" ? 1.75m : 1m);
}
