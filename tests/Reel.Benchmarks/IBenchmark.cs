namespace Reel.Benchmarks;

/// <summary>Something worth measuring. A class and a file of its own; <c>Program</c> lists them.</summary>
internal interface IBenchmark
{
    /// <summary>What it is asked for by on the command line.</summary>
    string Name { get; }

    /// <summary>What it does, in a line.</summary>
    string Description { get; }

    /// <summary>Measures; throws only when there is nothing to tell.</summary>
    Task<IReadOnlyList<Figure>> RunAsync(BenchmarkRun run, CancellationToken cancellationToken);
}

/// <summary>One run of a benchmark.</summary>
/// <param name="Folder">An empty one, deleted afterwards.</param>
/// <param name="Scale">1 for the figures that count; less to try it out sooner.</param>
/// <param name="Say">Told how it goes.</param>
internal sealed record BenchmarkRun(string Folder, double Scale, Action<string> Say)
{
    /// <summary>So many at scale 1; at least one.</summary>
    public int Scaled(int count) => Math.Max(1, (int)Math.Round(count * Scale));
}
