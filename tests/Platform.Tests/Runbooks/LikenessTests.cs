namespace Platform.Tests.Runbooks;

/// <summary>What counts as "prints what the page shows".</summary>
public sealed class LikenessTests
{
    [Theory]
    [InlineData("payments-dead-letters/1  2s  DROP", "payments-dead-letters/17  3m20s  DROP", true)]
    [InlineData("payments-dead-letters/1  2s  DROP", "shipping-dead-letters/1  2s  DROP", false)]
    [InlineData("1 instance purged", "1 instance left", false)]
    [InlineData("a line", "a line|another line", false)]
    [InlineData("a line|...", "a line|another line|and one more", true)]
    [InlineData("...|the end", "the beginning|the end", true)]
    [InlineData("a line|another line", "a line", false)]
    public void Words_must_be_the_same_and_numbers_may_differ(string page, string output, bool alike) =>
        Assert.Equal(alike, new Likeness().Learns(page.Split('|'), output.Split('|')));

    [Fact]
    public void An_id_that_stood_for_another_stands_for_it_from_then_on()
    {
        var likeness = new Likeness();
        Assert.True(likeness.Learns(["ID", "...", "letters/1 of order-7"], ["ID", "letters/4 of order-1", "letters/5 of order-3"]));

        Assert.Equal("replay letters/5", likeness.Here("replay letters/1"));
        Assert.True(likeness.Learns(["Replayed letters/1"], ["Replayed letters/5"]));
        Assert.False(likeness.Learns(["Replayed letters/1"], ["Replayed letters/4"]));
    }
}
