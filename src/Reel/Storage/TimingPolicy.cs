using Azure.Core;
using Azure.Core.Pipeline;
using Reel.Timing;

namespace Reel.Storage;

/// <summary>Notes how long calls to storage take, retries included, for the API call that they are made for.</summary>
internal sealed class TimingPolicy : HttpPipelinePolicy
{
    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        using var timed = CallTiming.Start(TimedPart.Storage);
        ProcessNext(message, pipeline);
    }

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        using var timed = CallTiming.Start(TimedPart.Storage);
        await ProcessNextAsync(message, pipeline);
    }
}
