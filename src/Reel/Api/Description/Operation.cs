namespace Reel.Api.Description;

/// <summary>What a route does, for callers.</summary>
/// <param name="Id">Unique; a path of a model's own gets the model behind it.</param>
/// <param name="Group">The heading that it is shown under.</param>
/// <param name="Inputs">Beside the body; those in the path included.</param>
/// <param name="Answers">Those that are its own; every operation that wants a key has 401, 500 and 503 as well.</param>
/// <param name="Body">What is sent.</param>
internal sealed record Operation(
    string Id, string Group, string Summary, string Text, IReadOnlyList<Input> Inputs, IReadOnlyList<Outcome> Answers, BodyKind Body = BodyKind.None);

/// <summary>What an operation takes as its body.</summary>
internal enum BodyKind
{
    None,

    /// <summary>A model's parameters and Reel's own fields.</summary>
    Model,

    /// <summary>Many requests.</summary>
    Batch,

    /// <summary>Which event to send again; may be left out.</summary>
    Redelivery,

    /// <summary>Which endpoint to resume.</summary>
    Resume,
}

/// <summary>A parameter in the path, the query or a header.</summary>
/// <param name="Place">path, query or header.</param>
/// <param name="Schema">JSON.</param>
internal sealed record Input(string Name, string Place, string Text, string Schema);

/// <summary>An answer.</summary>
/// <param name="Types">What the JSON may be; none for an answer without JSON.</param>
/// <param name="MediaType">Of what is answered beside or instead of JSON.</param>
/// <param name="Headers">Those of <see cref="Headers"/> that it may have beside the ones that all answers have.</param>
internal sealed record Outcome(int Status, string Text, IReadOnlyList<Type> Types, string? MediaType = null, params string[] Headers);
