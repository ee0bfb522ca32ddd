using System.Text.Json;
using System.Text.Json.Nodes;

namespace Reel.Models;

/// <summary>The Kling models, as their pages describe them. A required parameter has no default here: the page's is but an example.</summary>
internal static class KlingModels
{
    private const string MuralPrompt =
        "Visual: São Paulo, Brazil – a narrow street packed with vibrant murals in neon greens, reds, and yellows. The atmosphere is electric: "
        + "street vendors, kids playing football, and local dancers vibing in the background. The city feels loud, alive, and unapologetic. "
        + "Subject: A Black male rapper in raw streetwear — fitted cap, graphic tee, worn sneakers, simple chain. He stands front and center, "
        + "locked in with the camera, body moving naturally to the rhythm, commanding the street like it’s his stage. Audio: [Male rapper, "
        + "high-energy, gritty voice] Rapping over a hard street beat blended with Brazilian percussion: “Painted walls talk loud, yeah, they "
        + "know my name, Came up from the block where the heat stay flame. City never soft, had to hustle, stay sharp, Turned struggle into "
        + "fire, now I’m leavin’ my mark. Bass hit heavy, feel the ground when I step, From these streets to the world, yeah, I’m reppin’ "
        + "respect.” Background: Heavy bass layered with live drum hits, claps, and subtle street noise — bikes passing, distant voices, raw "
        + "urban texture. Camera: Rapid cuts between tight close-ups of his face and hands, wide shots of the colorful murals, quick flashes "
        + "of dancers and street life. Handheld movement keeps it gritty and real, ending on a strong close-up as the beat hits.";

    private const string OfficeImage = "https://segmind-sd-models.s3.us-east-1.amazonaws.com/display_images/kling-1.6-i2v-ip.png";

    public static VideoModel Kling26 { get; } = new(
        "kling-2.6",
        "Kling 2.6",
        "Makes a video with sound in step with it, from a prompt and, if you like, a still image.",
        ModelKind.TextOrImageToVideo,
        [
            Prompt("What is seen and heard: subject, action, setting, camera, voices, music.") with { Required = true },
            AspectRatio,
            CfgScale(0.8),
            Duration(10),
            new("generate_audio", ParameterType.Flag, "Whether the video has sound.") { Default = Json("true") },
            new("image_url", ParameterType.Link, "A still image to build the video on, at a URL that the provider can fetch.")
            {
                Default = Json("null"),
            },
            Mode("Rendering quality; this model has the professional one only.", "pro"),
            NegativePrompt("no noise, no distortion, no clutter"),
        ],
        new(0.438m, 1.75m),
        TimeSpan.FromSeconds(123.28),
        Body(new()
        {
            ["prompt"] = MuralPrompt,
            ["negative_prompt"] = "no noise, no distortion, no clutter",
            ["cfg_scale"] = 0.8,
            ["duration"] = "10",
            ["mode"] = "pro",
            ["aspect_ratio"] = "16:9",
            ["generate_audio"] = true,
        }))
    {
        CheapestWith = Json("""{"duration": 5, "generate_audio": false}"""),
        DearestWith = Json("""{"duration": 10, "generate_audio": true}"""),
    };

    public static VideoModel Kling16TextToVideo { get; } = new(
        "kling-1.6-text2video",
        "Kling 1.6 Text to Video",
        "Makes a silent video from a prompt.",
        ModelKind.TextToVideo,
        [
            Prompt("What is seen: subject, action, setting, camera.") with { Required = true },
            AspectRatio,
            CfgScale(0.5),
            Duration(5),
            Mode("Rendering quality; this model has the standard one only.", "std"),
            NegativePrompt("No buildings, no artificial objects"),
        ],
        new(0.560m, 1.96m),
        TimeSpan.FromSeconds(304.08),
        Body(new()
        {
            ["prompt"] = "a scene shows a shitzu puppy walking through long grass",
            ["negative_prompt"] = "No buildings, no artificial objects",
            ["cfg_scale"] = 0.5,
            ["mode"] = "std",
            ["aspect_ratio"] = "16:9",
            ["duration"] = "5",
        }))
    {
        // The range's upper end may be for a mode that this model does not take.
        CheapestWith = Json("""{"duration": 5}"""),
    };

    public static VideoModel Kling16ImageToVideo { get; } = new(
        "kling-1.6-image2video",
        "Kling 1.6 Image to Video",
        "Makes a silent video that sets a still image in motion.",
        ModelKind.ImageToVideo,
        [
            new("image", ParameterType.Link, "The image to set in motion, at a URL that the provider can fetch.") { Required = true },
            CfgScale(0.5),
            Duration(5),
            Mode("Rendering quality: std is faster and cheaper, pro looks better.", "std", "pro") with { Default = Json("\"pro\"") },
            NegativePrompt("No sudden movements, no fast zooms."),
            Prompt("How the image should move.") with { Default = Text("group of people talking to each other in an office setting") },
        ],
        null,
        TimeSpan.FromSeconds(288.27),
        Body(new()
        {
            ["image"] = OfficeImage,
            ["prompt"] = "group of people talking to each other in an office setting",
            ["negative_prompt"] = "No sudden movements, no fast zooms.",
            ["cfg_scale"] = 0.5,
            ["mode"] = "pro",
            ["duration"] = "5",
        }));

    private static ModelParameter AspectRatio => new("aspect_ratio", ParameterType.Text, "Width to height of the picture.")
    {
        Allowed = [Text("16:9"), Text("9:16"), Text("1:1")],
        Default = Text("16:9"),
    };

    private static ModelParameter Prompt(string help) => new("prompt", ParameterType.Text, help);

    private static ModelParameter NegativePrompt(string byDefault) =>
        new("negative_prompt", ParameterType.Text, "What should not be in the video.") { Default = Text(byDefault) };

    private static ModelParameter CfgScale(double byDefault) =>
        new("cfg_scale", ParameterType.Number, "How closely the video keeps to the prompt: 0 loosely, 1 closely.")
        {
            Minimum = 0,
            Maximum = 1,
            Default = Number(byDefault),
        };

    private static ModelParameter Duration(int byDefault) =>
        new("duration", ParameterType.WholeNumber, "Length of the video in seconds; a string of digits is taken too.")
        {
            Allowed = [Number(5), Number(10)],
            Default = Number(byDefault),
        };

    private static ModelParameter Mode(string help, params string[] modes) =>
        new("mode", ParameterType.Text, help) { Allowed = [.. modes.Select(Text)], Default = Text(modes[0]) };

    private static JsonElement Text(string value) => Body(JsonValue.Create(value));

    private static JsonElement Number(double value) => Body(JsonValue.Create(value));

    private static JsonElement Json(string json) => JsonElement.Parse(json);

    private static JsonElement Body(JsonObject value) => Body((JsonNode)value);

    private static JsonElement Body(JsonNode value) => JsonElement.Parse(value.ToJsonString());
}
