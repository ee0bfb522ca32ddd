using Reel.Videos;

namespace Reel.Tests.Videos;

public sealed class VideoFormatTests
{
    [Fact]
    public void Known_containers_are_told_by_their_first_bytes()
    {
        Assert.Equal("video/mp4", VideoFormat.Detect([0, 0, 0, 24, .. "ftypisom"u8]));
        Assert.Equal("video/mp4", VideoFormat.Detect([0, 0, 0, 24, .. "ftypmp42"u8, 0, 0]));
        Assert.Equal("video/quicktime", VideoFormat.Detect([0, 0, 0, 24, .. "ftypqt  "u8]));
        Assert.Equal("video/webm", VideoFormat.Detect([0x1A, 0x45, 0xDF, 0xA3, 0x9F, 0x42, 0x82, 0x84, .. "webm"u8]));
        Assert.Equal("video/x-matroska", VideoFormat.Detect([0x1A, 0x45, 0xDF, 0xA3, 0x9F, 0x42, 0x82, 0x88, .. "matroska"u8]));
    }

    [Fact]
    public void Anything_else_is_no_video()
    {
        Assert.Null(VideoFormat.Detect([]));
        Assert.Null(VideoFormat.Detect([0, 0, 0, 24, .. "ftyp"u8])); // cut off before the brand
        Assert.Null(VideoFormat.Detect("<html>ftypisom</html>"u8));
        Assert.Null(VideoFormat.Detect([0x1A, 0x45, 0xDF]));
    }

    [Theory]
    [InlineData(null, "video/mp4")]
    [InlineData("", "video/mp4")]
    [InlineData("video/webm", "video/webm")]
    [InlineData("VIDEO/WebM; codecs=vp9", "video/webm")]
    [InlineData("image/png", "video/mp4")]
    [InlineData("video/\r\nx-injected: 1", "video/mp4")]
    public void An_announced_type_counts_only_when_it_is_a_video_type(string? announced, string chosen) =>
        Assert.Equal(chosen, VideoFormat.Choose(announced, "video/mp4"));
}
