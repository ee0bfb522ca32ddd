namespace Reel.Emulator.Faults;

/// <summary>Where on the provider's surface a fault can strike; also what a seen request was.</summary>
[Flags]
internal enum Place
{
    None = 0,

    /// <summary>POST /v2/{slug}</summary>
    Submit = 1,

    /// <summary>GET /v2/requests/{id}/status</summary>
    Status = 2,

    /// <summary>GET /v2/requests/{id} and GET /v1/requests/{id}</summary>
    Result = 4,

    /// <summary>The video's URL.</summary>
    Download = 8,

    /// <summary>POST /v1/{slug}</summary>
    V1 = 16,

    Intake = Submit | V1,
    Reads = Status | Result,
    Any = Submit | Status | Result | Download | V1,
}

/// <summary>Places by the names that JSON has for them.</summary>
internal static class PlaceNames
{
    public const string All = "submit, status, result, download, v1, any";

    public static Place? Parse(string? name) => name switch
    {
        "submit" => Place.Submit,
        "status" => Place.Status,
        "result" => Place.Result,
        "download" => Place.Download,
        "v1" => Place.V1,
        "any" => Place.Any,
        _ => null,
    };

    public static string Of(Place place) => place switch
    {
        Place.None => "other",
        Place.Any => "any",
        _ => string.Join(", ", Enum.GetValues<Place>()
            .Where(one => int.PopCount((int)one) == 1 && place.HasFlag(one)).Select(one => one.ToString().ToLowerInvariant())),
    };
}
