namespace Reel.Models;

/// <summary>The models there are.</summary>
public static class ModelCatalog
{
    /// <summary>All of them, newest first.</summary>
    public static IReadOnlyList<VideoModel> All { get; } =
        [KlingModels.Kling26, KlingModels.Kling16TextToVideo, KlingModels.Kling16ImageToVideo];

    /// <summary>The model of this slug (case matters, as in the provider's paths), or null.</summary>
    public static VideoModel? Find(string slug) => All.FirstOrDefault(model => model.Slug == slug);

    /// <summary>The slug that was probably meant, or null when none is near.</summary>
    public static string? Nearest(string slug) => Spelling.Nearest(slug, All.Select(model => model.Slug));
}
