using Microsoft.AspNetCore.Http;
using Reel.Models;

namespace Reel.Api;

/// <summary>GET /v2/models and GET /v2/models/{model}.</summary>
internal static class ModelEndpoints
{
    public static IResult List() => TypedResults.Json(ModelDescription.All, ModelJson.Types.IReadOnlyListModelDescription);

    public static IResult Describe(string model) => ModelCatalog.Find(model) is { } found
        ? TypedResults.Json(ModelDescription.Of(found), ModelJson.Types.ModelDescription)
        : UnknownModel(model);

    public static IResult UnknownModel(string slug)
    {
        var nearest = ModelCatalog.Nearest(slug);
        return new ApiError($"There is no model '{slug}'" + (nearest is null ? "" : $"; did you mean '{nearest}'?"), "model_not_found").As(404);
    }
}
