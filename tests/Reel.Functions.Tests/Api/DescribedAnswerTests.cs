using Reel.ErrorTable;

namespace Reel.Functions.Tests.Api;

/// <summary>Real answers, through the function.</summary>
public sealed class DescribedAnswerTests(ErrorTableTests.World world) : IClassFixture<ErrorTableTests.World>
{
    [Fact]
    public Task Every_route_answers_as_it_is_described() => DescribedAnswers.AssertAsync(world);
}
