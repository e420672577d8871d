using Sidecar.Runtime.Actors;
using Sidecar.Runtime.Errors;

namespace Sidecar.Tests.Actors;

public sealed class ActorTurnsTests
{
    private readonly ActorTurns _turns = new(isReentrant: false, maxDepth: 32);
    private readonly ActorTurns _reentrant = new(isReentrant: true, maxDepth: 2);

    [Fact]
    public async Task Calls_are_let_in_one_by_one_in_the_order_they_came()
    {
        var turns = new List<Task<ActorTurns.Turn>>();
        for (var i = 0; i < 4; i++)
            turns.Add(Enter(_turns));

        for (var i = 0; i < 4; i++)
        {
            var turn = await turns[i];
            Assert.All(turns.Skip(i + 1), later => Assert.False(later.IsCompleted));
            _turns.Leave(turn);
        }
    }

    [Fact]
    public async Task Who_gives_up_waiting_is_passed_over()
    {
        using var impatient = new CancellationTokenSource();
        var first = await Enter(_turns);
        var second = _turns.EnterAsync(null, impatient.Token).AsTask();
        var third = Enter(_turns);

        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        _turns.Leave(first);

        await third;
    }

    [Fact]
    public async Task A_call_of_the_chain_under_way_is_let_in_and_one_of_another_chain_waits()
    {
        var outer = await Enter(_reentrant, "a");
        var other = Enter(_reentrant, "b");
        var inner = await Enter(_reentrant, "a");

        _reentrant.Leave(inner);
        Assert.False(other.IsCompleted);
        _reentrant.Leave(outer);

        await other;
    }

    [Fact]
    public async Task A_chain_that_comes_back_too_often_is_refused_and_ends_well_all_the_same()
    {
        var outer = await Enter(_reentrant, "a");
        var inner = await Enter(_reentrant, "a");

        var error = await Assert.ThrowsAsync<DaprApiException>(() => Enter(_reentrant, "a"));
        _reentrant.Leave(inner);
        _reentrant.Leave(outer);

        Assert.Equal("ERR_ACTOR_STACK_DEPTH", error.ErrorCode);
        await Enter(_reentrant, "b");
    }

    [Fact]
    public async Task Without_reentrancy_a_chain_waits_for_itself()
    {
        await Enter(_turns, "a");

        Assert.False(Enter(_turns, "a").IsCompleted);
    }

    [Fact]
    public async Task Closing_sends_away_who_waits_lets_the_chain_under_way_finish_and_completes_when_it_has()
    {
        var outer = await Enter(_reentrant, "a");
        var waiting = Enter(_reentrant, "b");

        var closing = _reentrant.CloseAsync();
        await Assert.ThrowsAsync<ActorClosedException>(() => waiting);
        await Assert.ThrowsAsync<ActorClosedException>(() => Enter(_reentrant, "c"));
        var inner = await Enter(_reentrant, "a");
        _reentrant.Leave(inner);
        Assert.False(closing.IsCompleted);
        _reentrant.Leave(outer);

        await closing;
    }

    [Fact]
    public async Task Only_an_actor_that_nobody_is_in_can_be_closed_for_idleness()
    {
        var turn = await Enter(_turns);
        Assert.False(_turns.TryCloseIdle());
        _turns.Leave(turn);

        Assert.True(_turns.TryCloseIdle());
        await Assert.ThrowsAsync<ActorClosedException>(() => Enter(_turns));
    }

    private static Task<ActorTurns.Turn> Enter(ActorTurns turns, string? chain = null) => turns.EnterAsync(chain, CancellationToken.None).AsTask().WaitAsync(TimeSpan.FromSeconds(60));
}
