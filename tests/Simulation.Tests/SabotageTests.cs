using Simulation.Histories;
using Simulation.Seams;
using Simulation.Tests.Sabotages;
using Xunit.Abstractions;

namespace Simulation.Tests;

/// <summary>The simulation can fail: each rule that is broken on purpose is found within few histories, and told in a short story.</summary>
public sealed class SabotageTests(ITestOutputHelper output)
{
    private const int MostHistories = 400;
    private const int LongestStory = 90;

    public static TheoryData<string, string[]> Broken() => new()
    {
        { nameof(PublishesWithoutWaiting), ["what is committed is published", "the outbox keeps an event until it is published"] },
        { nameof(IgnoresVersions), ["stock is conserved and nothing is sold twice", "a fact is stated once", "no handler breaks", "the outbox keeps an event until it is published", "an order ends as it should"] },
        { nameof(DoesNotRollBack), ["stock is conserved and nothing is sold twice", "a fact is stated once", "no handler breaks", "the outbox keeps an event until it is published", "every order ends", "an order ends as it should", "nothing is dead-lettered", "only what is committed is published"] },
        { nameof(OverlooksOthersEvents), ["the outbox keeps an event until it is published"] },
        { nameof(CapturesWithoutGuard), ["an order ends as it should", "money is conserved", "every order ends"] },
        { nameof(OnlySaysItVoided), ["money is conserved"] },
        { nameof(AsksTheProviderAnew), ["money is conserved", "an order ends as it should"] },
        { nameof(ForgetsTombstones), ["stock is conserved and nothing is sold twice", "an order ends as it should", "a fact is stated once", "every order ends"] },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void A_broken_rule_is_found_and_told_in_a_short_story(string broken, string[] properties)
    {
        var sabotage = (Sabotage)Activator.CreateInstance(typeof(SabotageTests).Assembly.GetType($"Simulation.Tests.Sabotages.{broken}", throwOnError: true)!)!;
        var found = Enumerable.Range(0, MostHistories).Select(number => Plan.Of(1_000 + (ulong)number)).FirstOrDefault(plan => History.Play(plan, sabotage).Violation is not null);
        Assert.True(found is not null, $"{broken} was not found in {MostHistories} histories");

        var (plan, outcome) = Shrinker.Shrink(found, sabotage);

        output.WriteLine(Command.StoryOf(plan, outcome));
        Assert.Contains(outcome.Violation!.Property, properties);
        Assert.True(outcome.Story.Count <= LongestStory, $"the story of {broken} has {outcome.Story.Count} lines");
        Assert.Null(History.Play(plan).Violation);
    }
}
