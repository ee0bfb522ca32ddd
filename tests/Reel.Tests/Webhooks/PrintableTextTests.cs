using System.Text;
using Reel.Orchestration;
using Reel.Webhooks;

namespace Reel.Tests.Webhooks;

public sealed class PrintableTextTests
{
    [Theory]
    [InlineData("", null)]
    [InlineData(" \r\n\t\0", null)]
    [InlineData("<h1>\r\n  Not   found\r\n</h1>\r\n", "<h1> Not found </h1>")]
    [InlineData("服务不可用 — später 🎬", "服务不可用 — später ??")]
    public void Foreign_text_becomes_one_line(string text, string? expected) => Assert.Equal(expected, PrintableText.From(text));

    [Fact]
    public void Marks_that_belong_to_letters_stay() => Assert.Equal("ไม่พบหน้า नहीं", PrintableText.From("ไม่พบหน้า नहीं"));

    [Fact]
    public void Bytes_that_are_no_text_do_no_harm() => Assert.NotNull(PrintableText.From([0xff, 0xfe, 0x80, 0xc0, (byte)'x']));

    [Fact]
    public void Whatever_it_is_given_it_stays_within_its_bytes_in_json()
    {
        foreach (var start in Enumerable.Range(0, 0x10000 / 64).Select(block => block * 64))
        {
            var text = string.Concat(Enumerable.Range(start, 64).Select(c => new string((char)c, 4)));

            var json = OrchestrationJson.Write(PrintableText.From(text) ?? "");

            Assert.True(Encoding.UTF8.GetByteCount(json) <= PrintableText.MaxBytes + 2, $"U+{start:X4}: {json}");
        }
    }
}
