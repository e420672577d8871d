using Demo.Running;
using Ordering.Contracts;

namespace Samples.Tests;

public sealed class JournalTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("journal-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_reopened_journal_knows_the_run_and_its_orders()
    {
        var head = Begin(journal =>
        {
            journal.Accepted(0, "ord-a");
            journal.Accepted(7, "ord-b");
        });
        using var again = Journal.Reopen(_folder)!;
        Assert.Equal((head.Run, head.Orders, head.Seed), (again.Head.Run, again.Head.Orders, again.Head.Seed));
        Assert.Equal(head.Styles, again.Head.Styles);
        Assert.Equal(new Dictionary<int, string> { [0] = "ord-a", [7] = "ord-b" }, again.OrderIds);
    }

    [Theory]
    [InlineData("8 ord-")]
    [InlineData("8")]
    [InlineData("8 ord-c")]
    public void A_line_that_a_kill_cut_off_counts_as_not_submitted_and_the_journal_goes_on(string cut)
    {
        Begin(journal => journal.Accepted(0, "ord-a"));
        File.AppendAllText(Directory.GetFiles(_folder).Single(), cut);
        using (var again = Journal.Reopen(_folder)!)
        {
            Assert.Equal([0], again.OrderIds.Keys);
            again.Accepted(9, "ord-d");
        }

        using var third = Journal.Reopen(_folder)!;
        Assert.Equal([0, 9], third.OrderIds.Keys.Order());
    }

    [Fact]
    public void Where_nothing_ran_there_is_nothing_to_resume() => Assert.Null(Journal.Reopen(_folder));

    private JournalHead Begin(Action<Journal> write)
    {
        var head = new JournalHead("run", 20, [CoordinationStyle.Choreographed], 4, "embedded", "sqlite", 2);
        using var journal = Journal.Begin(_folder, head);
        write(journal);
        return head;
    }
}
