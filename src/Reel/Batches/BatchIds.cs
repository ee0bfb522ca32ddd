using System.Globalization;
using Reel.Generations;

namespace Reel.Batches;

/// <summary>
/// The ids of a batch, of its requests and of their instances. A batch's id is a request id whose first ten random bits are all ones; put the number of
/// a request in their place and it is that request's id. So ids need not be stored, an id alone says which batch to ask about a request that has no
/// instance yet, and the requests of a batch list in the order of the input.
/// </summary>
/// <remarks>
/// Instances: a request's is that of any request. A batch's begins with two underscores, a lane's with three, where a delivery's has one and a
/// caller's request none; no key id has any.
/// </remarks>
public static class BatchIds
{
    /// <summary>The most requests of a batch.</summary>
    public const int MostRequests = 1_000;

    /// <summary>How many requests have ids with a common beginning; see <see cref="BlockPrefix"/>.</summary>
    public const int BlockSize = 16;

    private const int Batch = 0x3FF;

    // Up to the eight of the ten bits that count blocks.
    private const int BlockPrefixLength = 21;

    // The time, and none of the ten bits.
    private const int CommonPrefixLength = 19;

    /// <summary>An id for a batch accepted at the given time.</summary>
    public static string New(DateTimeOffset acceptedAt) => Put(RequestId.New(acceptedAt), Batch);

    /// <summary>Whether a text can be a batch's id at all; any other is unknown without asking.</summary>
    public static bool IsValid(string text) => RequestId.IsValid(text) && NumberIn(text) == Batch;

    /// <summary>The id of a batch's request.</summary>
    /// <param name="index">From 0.</param>
    public static string Request(string batchId, int index) => Put(batchId, index);

    /// <summary>Which request of which batch an id would be, if it is one's at all; index -1 for an id that cannot be.</summary>
    /// <param name="requestId">Valid as a request id.</param>
    public static (string BatchId, int Index) Locate(string requestId) =>
        NumberIn(requestId) is < MostRequests and var index ? (Put(requestId, Batch), index) : ("", -1);

    /// <summary>The number of a batch's request.</summary>
    public static int IndexOf(string requestId) => NumberIn(requestId);

    /// <summary>The prefix of all batches of a caller.</summary>
    public static string Prefix(string callerId) => "__" + InstanceIds.Prefix(callerId);

    /// <summary>A batch's instance.</summary>
    public static string Instance(string callerId, string batchId) => Prefix(callerId) + batchId;

    /// <summary>The prefix of a batch's lanes.</summary>
    public static string LanePrefix(string callerId, string batchId) => InstanceIds.Prefix("___" + InstanceIds.Of(callerId, batchId));

    /// <summary>The prefix of a lane's instances, one for each attempt.</summary>
    public static string LanePrefix(string callerId, string batchId, int lane) =>
        string.Create(CultureInfo.InvariantCulture, $"{LanePrefix(callerId, batchId)}{lane:D3}_");

    /// <summary>A lane's instance.</summary>
    /// <param name="attempt">From 0; a lane that was ended from outside is begun again under another id.</param>
    public static string Lane(string callerId, string batchId, int lane, int attempt) =>
        string.Create(CultureInfo.InvariantCulture, $"{LanePrefix(callerId, batchId, lane)}{attempt:D2}");

    /// <summary>Which lane an instance is.</summary>
    public static int LaneIn(string instanceId) => int.Parse(instanceId.AsSpan(instanceId.Length - 6, 3), CultureInfo.InvariantCulture);

    /// <summary>What the ids of all requests of a batch begin with; another's that was made in the same quarter of a microsecond may begin so too.</summary>
    public static string CommonPrefix(string batchId) => batchId[..CommonPrefixLength];

    /// <summary>The prefix of the instances of sixteen requests, and of no other's of this batch.</summary>
    /// <param name="block">The number of the first, by <see cref="BlockSize"/>.</param>
    public static string BlockPrefix(string callerId, string batchId, int block) =>
        InstanceIds.Of(callerId, Request(batchId, block * BlockSize)[..BlockPrefixLength]);

    private static int NumberIn(string id)
    {
        Span<byte> bytes = stackalloc byte[16];
        Guid.ParseExact(id, "D").TryWriteBytes(bytes, bigEndian: true, out _);
        return (bytes[8] & 0x3F) << 4 | bytes[9] >> 4;
    }

    private static string Put(string id, int number)
    {
        Span<byte> bytes = stackalloc byte[16];
        Guid.ParseExact(id, "D").TryWriteBytes(bytes, bigEndian: true, out _);
        bytes[8] = (byte)(0x80 | number >> 4);
        bytes[9] = (byte)((number & 0xF) << 4 | bytes[9] & 0xF);
        return new Guid(bytes, bigEndian: true).ToString("D", CultureInfo.InvariantCulture);
    }
}
