using System.Text.Json;

namespace Reel.Models;

/// <summary>What a model makes a video from.</summary>
public enum ModelKind
{
    /// <summary>A prompt.</summary>
    TextToVideo,

    /// <summary>A picture.</summary>
    ImageToVideo,

    /// <summary>A prompt, with or without a picture.</summary>
    TextOrImageToVideo,
}

/// <summary>A model of the provider. Facts from the model's page there.</summary>
/// <param name="Slug">Its name in paths.</param>
/// <param name="Description">One line.</param>
/// <param name="Parameters">In the order in which they are sent on.</param>
/// <param name="Price">Per generation; null when the page has none.</param>
/// <param name="TypicalTime">From submit to finished video, as the page says; real renders vary.</param>
/// <param name="Example">A valid body: the page's own.</param>
public sealed record VideoModel(
    string Slug,
    string Title,
    string Description,
    ModelKind Kind,
    IReadOnlyList<ModelParameter> Parameters,
    PriceRange? Price,
    TimeSpan TypicalTime,
    JsonElement Example)
{
    /// <summary>
    /// The parameters, as a JSON object, with which a generation costs <see cref="PriceRange.Low"/>; null when that is not known. (assumed: no page says
    /// so, but the shortest and plainest there is can hardly cost more)
    /// </summary>
    public JsonElement? CheapestWith { get; init; }

    /// <summary>Likewise for <see cref="PriceRange.High"/>.</summary>
    public JsonElement? DearestWith { get; init; }
}

/// <summary>What a generation costs, in US dollars. Where in the range depends on duration, mode and audio; only the ends are published.</summary>
public sealed record PriceRange(decimal Low, decimal High);
