using Simulation.Histories;
using Xunit.Abstractions;

namespace Simulation.Tests;

/// <summary>The quick slice of the simulation: some seeds that never change, and some that nobody has seen before.</summary>
public sealed class HistoryTests(ITestOutputHelper output)
{
    private const int Fixed = 80;
    private const int Fresh = 30;

    [Fact]
    public void Every_property_holds_in_the_histories_of_fixed_seeds() => Play(1, Fixed);

    [Fact]
    public void Every_property_holds_in_histories_nobody_has_seen() => Play((ulong)Random.Shared.NextInt64(1_000_000_000), Fresh);

    [Fact]
    public void A_history_is_the_same_when_it_is_played_again()
    {
        foreach (var seed in new ulong[] { 3, 14, 15 })
        {
            var first = History.Play(Plan.Of(seed), tells: true);

            Assert.Equal(first.Story, History.Play(Plan.Of(seed), tells: true).Story);
        }
    }

    private void Play(ulong from, int count)
    {
        output.WriteLine($"seeds from {from}");

        var campaign = Campaign.Run(from, count, Environment.ProcessorCount, () => true);

        Assert.True(campaign.Failing.Count == 0, string.Join(Environment.NewLine, campaign.Failing.Take(1).Select(StoryOf)));
        Assert.True(campaign.Faults > count / 2, "hardly anything went wrong: the histories prove nothing");
    }

    private static string StoryOf(ulong seed)
    {
        var (plan, outcome) = Shrinker.Shrink(Plan.Of(seed));
        return Command.StoryOf(plan, outcome);
    }
}
