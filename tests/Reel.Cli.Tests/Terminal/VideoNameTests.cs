using Reel.Cli.Generating;
using Reel.Client;

namespace Reel.Cli.Tests.Terminal;

/// <summary>What a server has a say in when a file gets its name.</summary>
public sealed class VideoNameTests
{
    [Theory]
    [InlineData("fox.mp4", "stem.mp4")]
    [InlineData("fox.webm", "stem.webm")]
    [InlineData("fox.mov", "stem.mov")]
    [InlineData("fox.sh", "stem.mp4")]
    [InlineData("fox.exe", "stem.mp4")]
    [InlineData("fox.mp4\n", "stem.mp4")]
    [InlineData("../fox", "stem.mp4")]
    public void Only_the_ending_of_a_video_is_taken(string said, string name) =>
        Assert.Equal(name, VideoName.Of("stem", new ReelVideo("u", "video/mp4", said, 1, "sha")));
}
