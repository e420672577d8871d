using FsCheck;
using FsCheck.Fluent;
using Sidecar.Components.EmbeddedPubSub;

namespace Sidecar.Tests.EmbeddedBroker;

public sealed class IntervalSetProperties
{
    [Fact]
    public void It_holds_what_a_set_of_numbers_would_hold_in_as_few_ranges_as_there_are_gaps() =>
        Prop.ForAll(Gen.ListOf(Gen.Choose(-30, 30)).ToArbitrary(), steps =>
        {
            var (intervals, expected) = (new IntervalSet(), new SortedSet<long>());
            foreach (var step in steps)
            {
                // Negative numbers take out.
                if (step > 0)
                {
                    Assert.Equal(expected.Add(step), intervals.Add(step));
                }
                else
                {
                    expected.Remove(-step);
                    intervals.Remove(-step);
                }
            }

            Assert.All(Enumerable.Range(0, 32), number => Assert.Equal(expected.Contains(number), intervals.Contains(number)));
            Assert.Equal(expected.Count(number => !expected.Contains(number - 1)), intervals.Ranges.Count);
        }).QuickCheckThrowOnFailure();
}
