using System.Globalization;
using Reel.Client;

namespace Reel.Cli.Generating;

/// <summary>Prices for people.</summary>
internal static class Prices
{
    public static string Show(ReelPrice? price) => price is null ? "no published price"
        : price.Low == price.High ? Show(price.Low)
        : $"{Show(price.Low)} to {Show(price.High)}";

    public static string Show(decimal? price) => price is { } dollars ? string.Create(CultureInfo.InvariantCulture, $"${dollars:0.00##}") : "";
}
