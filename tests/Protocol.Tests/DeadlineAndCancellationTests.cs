using Dapr.Protocol.Grpc;
using Dapr.Protocol.Methods;
using Dapr.Protocol.Runtime.V1;

namespace Protocol.Tests;

public class DeadlineAndCancellationTests
{
    private static readonly GetStateRequest Request = new() { Key = "42" };

    [Fact]
    public async Task A_deadline_ends_the_call_for_the_caller_and_cancels_the_handler()
    {
        var cancelled = new TaskCompletionSource();
        TimeSpan? left = null;
        await using var server = await UnaryCallTests.ServeAsync(async (_, call) =>
        {
            left = call.Deadline - DateTimeOffset.UtcNow;
            call.CancellationToken.Register(cancelled.SetResult);
            await Task.Delay(Timeout.Infinite, call.CancellationToken);
            return new GetStateResponse();
        });

        var error = await Assert.ThrowsAsync<GrpcException>(() => server.Channel.UnaryAsync(DaprMethods.GetState, Request, new GrpcCallOptions(Timeout: TimeSpan.FromMilliseconds(300))));

        Assert.Equal(GrpcStatusCode.DeadlineExceeded, error.StatusCode);
        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.InRange(left!.Value, TimeSpan.FromMilliseconds(-100), TimeSpan.FromMilliseconds(301));
    }

    [Fact]
    public async Task Without_a_deadline_the_handler_sees_none()
    {
        DateTimeOffset? deadline = DateTimeOffset.MinValue;
        await using var server = await UnaryCallTests.ServeAsync((_, call) =>
        {
            deadline = call.Deadline;
            return Task.FromResult(new GetStateResponse());
        });

        await server.Channel.UnaryAsync(DaprMethods.GetState, Request);

        Assert.Null(deadline);
    }

    [Fact]
    public async Task A_cancelled_token_throws_OperationCanceled_and_cancels_the_handler()
    {
        var running = new TaskCompletionSource();
        var cancelled = new TaskCompletionSource();
        await using var server = await UnaryCallTests.ServeAsync(async (_, call) =>
        {
            call.CancellationToken.Register(cancelled.SetResult);
            running.SetResult();
            await Task.Delay(Timeout.Infinite, call.CancellationToken);
            return new GetStateResponse();
        });
        using var stop = new CancellationTokenSource();

        var calling = server.Channel.UnaryAsync(DaprMethods.GetState, Request, cancellationToken: stop.Token);
        await running.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await stop.CancelAsync();

        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => calling);
        Assert.Equal(stop.Token, error.CancellationToken);
        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Theory]
    [InlineData("1H", 3600_000)]
    [InlineData("2M", 120_000)]
    [InlineData("99999999S", 99999999_000L)]
    [InlineData("250m", 250)]
    [InlineData("1000u", 1)]
    [InlineData("1000000n", 1)]
    public void Every_unit_of_a_timeout_is_understood(string text, long milliseconds)
    {
        Assert.True(GrpcTimeout.TryParse(text, out var timeout));
        Assert.Equal(milliseconds, timeout.TotalMilliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("m")]
    [InlineData("-1S")]
    [InlineData("1.5S")]
    [InlineData("100000000S")]
    [InlineData("1d")]
    public void A_timeout_of_another_form_is_ignored(string text) => Assert.False(GrpcTimeout.TryParse(text, out _));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(999)]
    [InlineData(99_999_999_999)]
    [InlineData(999_999_980_000_000)]
    public void A_formatted_timeout_reads_back_within_its_unit(long ticks)
    {
        var timeout = TimeSpan.FromTicks(ticks);

        var text = GrpcTimeout.Format(timeout);

        Assert.True(text.Length <= 9, text);
        Assert.True(GrpcTimeout.TryParse(text, out var back), text);
        Assert.InRange((timeout - back).Duration(), TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }
}
