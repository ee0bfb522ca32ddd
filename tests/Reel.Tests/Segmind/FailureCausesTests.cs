using Reel.Segmind;

namespace Reel.Tests.Segmind;

public sealed class FailureCausesTests
{
    [Theory]
    [InlineData("Blocked by RAI filters")]
    [InlineData("content policy violation")]
    [InlineData("CONTENT_POLICY")]
    [InlineData("Your prompt violates our usage guidelines")]
    [InlineData("Rejected by the safety system")]
    [InlineData("Output was flagged as unsafe")]
    [InlineData("Request moderated")]
    [InlineData("NSFW content detected")]
    [InlineData("The prompt contains sensitive words")]
    [InlineData("Failure to pass the risk control system")]
    [InlineData("Prohibited content")]
    public void A_block_is_told_by_its_words(string error) => Assert.Equal(FailureCause.ContentBlocked, FailureCauses.Of(error));

    [Theory]
    [InlineData("")]
    [InlineData("Internal error")]
    [InlineData("Out of memory while training the straight rail constraint")]
    [InlineData("File names are case-sensitive")]
    [InlineData("image could not be downloaded")]
    [InlineData("Timed out after 600 s")]
    [InlineData("Unsupported content type")]
    public void Anything_else_is_the_provider_failing(string error) => Assert.Equal(FailureCause.ProviderFailed, FailureCauses.Of(error));
}
