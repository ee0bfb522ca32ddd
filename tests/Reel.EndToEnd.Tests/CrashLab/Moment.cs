namespace Reel.EndToEnd.Tests.CrashLab;

/// <summary>When Reel is killed. All of them are seen from outside; the product knows nothing of it.</summary>
internal enum Moment
{
    /// <summary>Some time after it is up.</summary>
    Random,

    /// <summary>While it starts and takes up what was left.</summary>
    Start,

    /// <summary>The engine has just written to its journal: at one of its commits, before or after what follows from it.</summary>
    Commit,

    /// <summary>A caller has sent a request and heard nothing: before, while or after it is made durable.</summary>
    RequestSent,

    /// <summary>A caller has heard the 200.</summary>
    RequestAnswered,

    /// <summary>An idempotency key is about to be reserved.</summary>
    KeyArrives,

    /// <summary>A key is reserved, and Reel has not heard so.</summary>
    KeyWritten,

    /// <summary>Reel has heard that a key is reserved: between reservation and start.</summary>
    KeyAcknowledged,

    /// <summary>A submit is about to be claimed.</summary>
    ClaimArrives,

    /// <summary>A submit is claimed, and Reel has not heard so: it cannot have posted.</summary>
    ClaimWritten,

    /// <summary>A submit is on its way and never comes to the provider.</summary>
    SubmitArrives,

    /// <summary>The provider has answered a submit, and Reel does not hear it.</summary>
    SubmitTaken,

    /// <summary>Reel has heard the provider's answer to a submit.</summary>
    SubmitAnswered,

    /// <summary>The answer to a submit is about to be recorded.</summary>
    AnswerArrives,

    /// <summary>The answer is recorded, and Reel has not heard so.</summary>
    AnswerWritten,

    /// <summary>Reel has heard that the answer is recorded: before the engine's commit of it.</summary>
    AnswerAcknowledged,

    /// <summary>A status is asked for.</summary>
    StatusArrives,

    /// <summary>Reel has heard a result.</summary>
    ResultAnswered,

    /// <summary>The provider begins to send a video.</summary>
    DownloadBegun,

    /// <summary>A block of a video is about to be staged.</summary>
    BlockArrives,

    /// <summary>A block is staged, and Reel has not heard so.</summary>
    BlockWritten,

    /// <summary>A video is about to be committed.</summary>
    ListArrives,

    /// <summary>A video is committed, and Reel has not heard so.</summary>
    ListWritten,

    /// <summary>Reel has heard that a video is committed: before its record.</summary>
    ListAcknowledged,

    /// <summary>A webhook has come and is not answered.</summary>
    LetterArrives,

    /// <summary>A webhook is answered: before the attempt's record.</summary>
    LetterAnswered,
}
