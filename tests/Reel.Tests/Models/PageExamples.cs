namespace Reel.Tests.Models;

/// <summary>The bodies of the model pages' own examples, as they stand there.</summary>
internal static class PageExamples
{
    public static IReadOnlyDictionary<string, string> Bodies { get; } = new Dictionary<string, string>
    {
        ["kling-2.6"] =
            """
            {
                "prompt": "Visual: São Paulo, Brazil – a narrow street packed with vibrant murals in neon greens, reds, and yellows. The atmosphere is electric: street vendors, kids playing football, and local dancers vibing in the background. The city feels loud, alive, and unapologetic. Subject: A Black male rapper in raw streetwear — fitted cap, graphic tee, worn sneakers, simple chain. He stands front and center, locked in with the camera, body moving naturally to the rhythm, commanding the street like it’s his stage. Audio: [Male rapper, high-energy, gritty voice] Rapping over a hard street beat blended with Brazilian percussion: “Painted walls talk loud, yeah, they know my name, Came up from the block where the heat stay flame. City never soft, had to hustle, stay sharp, Turned struggle into fire, now I’m leavin’ my mark. Bass hit heavy, feel the ground when I step, From these streets to the world, yeah, I’m reppin’ respect.” Background: Heavy bass layered with live drum hits, claps, and subtle street noise — bikes passing, distant voices, raw urban texture. Camera: Rapid cuts between tight close-ups of his face and hands, wide shots of the colorful murals, quick flashes of dancers and street life. Handheld movement keeps it gritty and real, ending on a strong close-up as the beat hits.",
                "negative_prompt": "no noise, no distortion, no clutter",
                "cfg_scale": 0.8,
                "duration": "10",
                "mode": "pro",
                "aspect_ratio": "16:9",
                "generate_audio": true
            }
            """,
        ["kling-1.6-text2video"] =
            """
            {
                "prompt": "a scene shows a shitzu puppy walking through long grass",
                "negative_prompt": "No buildings, no artificial objects",
                "cfg_scale": 0.5,
                "mode": "std",
                "aspect_ratio": "16:9",
                "duration": "5"
            }
            """,
        ["kling-1.6-image2video"] =
            """
            {
                "image": "https://segmind-sd-models.s3.us-east-1.amazonaws.com/display_images/kling-1.6-i2v-ip.png",
                "prompt": "group of people talking to each other in an office setting",
                "negative_prompt": "No sudden movements, no fast zooms.",
                "cfg_scale": 0.5,
                "mode": "pro",
                "duration": "5"
            }
            """,
    };
}
