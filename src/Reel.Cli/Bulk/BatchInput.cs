using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Reel.Cli.Commands;
using Reel.Cli.Terminal;

namespace Reel.Cli.Bulk;

/// <summary>The requests of a file of JSON Lines, by the number of their line, from 1.</summary>
internal sealed class BatchInput
{
    // All that is wrong is more than anybody reads.
    private const int MostFaults = 20;

    private readonly SortedDictionary<int, string> lines = [];

    /// <summary>The numbers of the lines that hold a request, in order.</summary>
    public IReadOnlyList<int> Numbers => [.. lines.Keys];

    /// <summary>A line.</summary>
    public string this[int number] => lines[number];

    /// <summary>Reads all of it; blank lines are none.</summary>
    /// <exception cref="CommandException">A line is no JSON object, or there is none at all.</exception>
    public static async Task<BatchInput> ReadAsync(TextReader reader, CancellationToken cancellationToken)
    {
        var input = new BatchInput();
        List<string> faults = [];
        var number = 0;
        while (await reader.ReadLineAsync(cancellationToken) is { } text)
        {
            number++;
            if (string.IsNullOrWhiteSpace(text)) continue;
            if (!IsObject(text)) faults.Add($"line {number} is no JSON object on one line");
            else input.lines[number] = text.Trim();
        }

        if (faults.Count > 0)
        {
            var more = faults.Count > MostFaults ? $"\nand {faults.Count - MostFaults} more" : "";
            throw new CommandException($"Nothing was sent:\n{string.Join('\n', faults.Take(MostFaults))}{more}", ExitCode.Usage);
        }

        return input.lines.Count > 0 ? input : throw new CommandException("There is no request in the input.", ExitCode.Usage);
    }

    /// <summary>Whether a line is in it.</summary>
    public bool Has(int number) => lines.ContainsKey(number);

    /// <summary>The SHA-256 of some lines, in hex.</summary>
    public string Hash(IEnumerable<int> numbers) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', numbers.Select(number => lines[number])))));

    private static bool IsObject(string text)
    {
        try
        {
            return JsonElement.Parse(text).ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
