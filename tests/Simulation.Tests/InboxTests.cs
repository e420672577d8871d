using Simulation.Histories;
using Simulation.Seams;

namespace Simulation.Tests;

/// <summary>The inbox saves work; no correctness rests on it alone.</summary>
public sealed class InboxTests
{
    private const int Histories = 15;

    [Fact]
    public void A_full_replay_of_every_topic_after_the_inboxes_have_forgotten_changes_nothing() => AllHold(Sabotage.None, plan => plan with { ReplaysAll = true });

    [Fact]
    public void Every_property_holds_with_an_inbox_that_remembers_nothing() => AllHold(new ForgetfulInbox(), plan => plan);

    private static void AllHold(Sabotage sabotage, Func<Plan, Plan> change)
    {
        for (ulong seed = 200; seed < 200 + Histories; seed++)
        {
            var plan = change(Plan.Of(seed));
            if (History.Play(plan, sabotage).Violation is not null)
            {
                var (small, outcome) = Shrinker.Shrink(plan, sabotage);
                Assert.Fail(Command.StoryOf(small, outcome));
            }
        }
    }

    private sealed class ForgetfulInbox : Sabotage
    {
        public override (string Value, string ETag) Read(string app, string key, (string Value, string ETag) stored) =>
            key.StartsWith("inbox-", StringComparison.Ordinal) ? ("", "") : stored;
    }
}
