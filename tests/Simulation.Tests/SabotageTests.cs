using Simulation.Histories;
using Simulation.Seams;
using Simulation.Tests.Sabotages;
using Xunit.Abstractions;

namespace Simulation.Tests;

/// <summary>The simulation can fail: each rule that is broken on purpose is found within few histories, and told in a short story.</summary>
public sealed class SabotageTests(ITestOutputHelper output)
{
    private const int MostHistories = 100;
    private const int LongestStory = 100;

    private const string Outbox = "the outbox keeps an event until it is published";
    private const string InOrder = "events of an order are published in their order";
    private const string Stock = "stock is conserved and nothing is sold twice";
    private const string Money = "money is conserved";
    private const string Shipments = "the carrier comes for what was sold";
    private const string Keys = "idempotency keys hold";
    private const string Once = "a fact is stated once";
    private const string Ends = "every order ends";
    private const string EndsWell = "an order ends as it should";
    private const string NoBug = "no handler breaks";
    private const string Rest = "the world comes to rest";
    private const string Dropped = "nothing is dead-lettered";
    private const string Replay = "a replay changes nothing";
    private const string Told = "the customer hears how it ended";

    /// <summary>What is broken, from which seed on that is looked for, and the properties of which one has to notice.</summary>
    public static TheoryData<string, int, string[]> Broken() => new()
    {
        { nameof(PublishesWithoutWaiting), 1_000, ["what is committed is published", Outbox] },
        { nameof(OverlooksOthersEvents), 1_140, [Outbox, InOrder] },
        { nameof(IgnoresVersions), 1_000, [Stock, Once, NoBug, Outbox, EndsWell, Ends, Dropped, Replay, Told] },
        { nameof(DoesNotRollBack), 1_000, [Stock, Once, NoBug, Outbox, EndsWell, Ends, Dropped, Money, Rest, Replay, Told] },
        { nameof(CapturesWithoutGuard), 1_040, [EndsWell, Money, Shipments, Ends] },
        { nameof(OnlySaysItVoided), 1_000, [Money] },
        { nameof(NewKeyForEveryRequest), 1_000, [Keys] },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void A_broken_rule_is_found_and_told_in_a_short_story(string broken, int from, string[] properties)
    {
        var sabotage = (Sabotage)Activator.CreateInstance(typeof(SabotageTests).Assembly.GetType($"Simulation.Tests.Sabotages.{broken}", throwOnError: true)!)!;
        var found = Enumerable.Range(0, MostHistories).Select(number => Plan.Of((ulong)(from + number))).FirstOrDefault(plan => History.Play(plan, sabotage).Violation is not null);
        Assert.True(found is not null, $"{broken} was not found in {MostHistories} histories");

        var (plan, outcome) = Shrinker.Shrink(found, sabotage);

        output.WriteLine(Command.StoryOf(plan, outcome));
        Assert.Contains(outcome.Violation!.Property, properties);
        Assert.True(outcome.Story.Count <= LongestStory, $"the story of {broken} has {outcome.Story.Count} lines");
        Assert.Null(History.Play(plan).Violation);
    }
}
