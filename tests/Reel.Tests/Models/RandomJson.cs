using System.Globalization;
using Reel.Models;

namespace Reel.Tests.Models;

/// <summary>Bodies at random: mostly a model's own parameters with values right and wrong, now and then anything that JSON allows.</summary>
internal static class RandomJson
{
    private static readonly string[] Strings =
    [
        "", " ", "x", "5", "10", " 5", "16:9", "pro", "std", "true", "https://a.example/i.png", "http://u:p@a.example/", "data:image/png;base64,AAAA",
        "\\ud83d", "\\udc00\\ud83d", "\\ud83d\\ude00", "\\u0000\\u001f", "\u00ff\u00fe", "\\\"", "\\u2028", "\u0080", "https://\\ud800.example/",
    ];

    private static readonly string[] Numbers =
        ["0", "-0", "5", "5.0", "10", "1e1", "0.5", "-1", "7", "1e999", "-1e999", "1e-999", "0.1e1", "123456789012345678901234567890", "2147483648"];

    public static string Body(Random random, VideoModel model)
    {
        var properties = Enumerable.Range(0, random.Next(9)).Select(_ => Property(random, model));
        var required = model.Parameters.Single(parameter => parameter.Required);
        if (random.Next(3) > 0)
            properties = properties.Prepend($"\"{required.Name}\":\"https://a.example/i.png\"");
        return random.Next(50) == 0 ? Value(random, 3) : "{" + string.Join(',', properties) + "}";
    }

    private static string Property(Random random, VideoModel model)
    {
        var parameter = model.Parameters[random.Next(model.Parameters.Count)];
        var value = random.Next(3) > 0 && parameter.Allowed is { } allowed ? allowed[random.Next(allowed.Count)].GetRawText() : Value(random, 3);
        return random.Next(6) > 0 ? $"\"{parameter.Name}\":{value}" : $"\"{Name(random)}\":{value}";
    }

    private static string Name(Random random) =>
        random.Next(3) switch
        {
            0 => Strings[random.Next(Strings.Length)],
            1 => "webhook_url",
            _ => new string('n', random.Next(100)),
        };

    private static string Value(Random random, int depth) => random.Next(depth > 0 ? 8 : 6) switch
    {
        0 => "null",
        1 => random.Next(2) == 0 ? "true" : "false",
        2 => Numbers[random.Next(Numbers.Length)],
        3 => random.NextDouble().ToString(CultureInfo.InvariantCulture),
        4 => "\"" + Strings[random.Next(Strings.Length)] + "\"",
        5 => "\"" + string.Concat(Enumerable.Repeat(Strings[random.Next(Strings.Length)], random.Next(200))) + "\"",
        6 => "[" + string.Join(',', Enumerable.Range(0, random.Next(3)).Select(_ => Value(random, depth - 1))) + "]",
        _ => "{" + string.Join(',', Enumerable.Range(0, random.Next(3)).Select(_ => $"\"{Name(random)}\":{Value(random, depth - 1)}")) + "}",
    };
}
