using Reel.ErrorTable;

namespace Reel.EndToEnd.Tests.Api;

/// <summary>Real answers, on the pipeline that the desk runs.</summary>
public sealed class DescribedAnswerTests(ErrorTableTests.World world) : IClassFixture<ErrorTableTests.World>
{
    [Fact]
    public Task Every_route_answers_as_it_is_described() => DescribedAnswers.AssertAsync(world);
}
