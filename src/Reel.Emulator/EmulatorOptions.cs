namespace Reel.Emulator;

/// <summary>How an emulated Segmind is to behave. Everything has a default that suits a desk.</summary>
public sealed class EmulatorOptions
{
    /// <summary>Where to listen: http URLs, separated by semicolons. Port 0 takes any free one; <see cref="EmulatorServer.Url"/> tells which.</summary>
    public string Urls { get; init; } = "http://127.0.0.1:7072";

    /// <summary>How many times faster than the models' typical times renders are. Above 0; 1 is real time.</summary>
    public double Speed { get; init; } = 1;

    /// <summary>Makes render times, and which requests a fault with a probability strikes, the same in every run. Null: different each time.</summary>
    public int? Seed { get; init; }

    /// <summary>A folder in which accepted jobs, seen submits and the balance survive the process. Null: memory only.</summary>
    public string? DataFolder { get; init; }

    /// <summary>The API keys that are let in. Null: any of the right form, which is <c>SG_</c> and 16 hexadecimal digits.</summary>
    public IReadOnlyCollection<string>? ApiKeys { get; init; }

    /// <summary>The account's balance at first start, in US dollars.</summary>
    public decimal Credits { get; init; } = 1_000_000m;

    /// <summary>How long a record can be read after its job ended. The provider: one hour; (assumed) from the end on.</summary>
    public TimeSpan RecordLifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long a video can be downloaded after its job ended. The provider: seven days; (assumed) from the end on.</summary>
    public TimeSpan FileLifetime { get; init; } = TimeSpan.FromDays(7);

    /// <summary>The clock of jobs, expiries and Date headers.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Where a test throws to have a line of the journal not written.</summary>
    internal Action? JournalFault { get; init; }

    /// <summary>Stops a start with settings that make no sense.</summary>
    /// <exception cref="ArgumentException">Names the setting and what it takes.</exception>
    internal void Validate()
    {
        if (!double.IsFinite(Speed) || Speed <= 0)
            throw new ArgumentException($"Speed is {Speed}; it must be a number above 0.");
        if (Credits < 0)
            throw new ArgumentException($"Credits is {Credits}; it must not be negative.");
        if (RecordLifetime <= TimeSpan.Zero || FileLifetime <= TimeSpan.Zero)
            throw new ArgumentException("RecordLifetime and FileLifetime must be above zero.");
        var urls = Urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (urls.Length == 0)
            throw new ArgumentException("Urls is empty; it must name at least one http URL, like http://127.0.0.1:7072.");
        foreach (var url in urls)
        {
            // Kestrel also takes http://*:7072 and http://+:7072, which are no URIs.
            var uri = url.Replace("://*", "://0.0.0.0", StringComparison.Ordinal).Replace("://+", "://0.0.0.0", StringComparison.Ordinal);
            if (!Uri.TryCreate(uri, UriKind.Absolute, out var parsed) || parsed.Scheme != Uri.UriSchemeHttp || parsed.PathAndQuery != "/")
                throw new ArgumentException($"Urls has '{url}'; it must be an http URL with a host and a port, like http://127.0.0.1:7072.");
        }
    }
}
