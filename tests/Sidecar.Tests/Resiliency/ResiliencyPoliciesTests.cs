using Sidecar.Runtime.Resiliency;
using Sidecar.Runtime.Resources;
using Sidecar.Tests.Hosting;

namespace Sidecar.Tests.Resiliency;

public sealed class ResiliencyPoliciesTests
{
    private readonly SteppedTime _time = new();
    private int _tries;

    [Fact]
    public async Task Without_a_resource_an_operation_runs_once()
    {
        var policies = new ResiliencyPolicies([], _time);

        await Assert.ThrowsAsync<IOException>(() => FailAsync(policies.ForComponentInbound("pubsub", "pubsub.redis")));

        Assert.Equal(1, _tries);
        Assert.False(policies.HasAppPolicy("orders"));
    }

    [Fact]
    public async Task A_constant_retry_waits_its_duration_each_time_and_gives_the_last_error()
    {
        var policy = Retry(new RetryPolicy { Duration = TimeSpan.FromSeconds(2), MaxRetries = 2 });

        var running = FailAsync(policy);
        await _time.AdvanceToTimerAsync(TimeSpan.FromSeconds(2));
        await _time.AdvanceToTimerAsync(TimeSpan.FromSeconds(2));

        Assert.Equal("try 3", (await Assert.ThrowsAsync<IOException>(() => running)).Message);
    }

    [Fact]
    public async Task An_exponential_retry_starts_at_half_a_second_and_stays_below_its_maximum()
    {
        var policy = Retry(new RetryPolicy { BackOff = BackOff.Exponential, MaxInterval = TimeSpan.FromSeconds(1), MaxRetries = 3 });

        var running = FailAsync(policy);
        await _time.AdvanceToTimerAsync(TimeSpan.FromSeconds(0.75));
        await _time.AdvanceToTimerAsync(TimeSpan.FromSeconds(1.125));
        await _time.AdvanceToTimerAsync(TimeSpan.FromSeconds(1.5));

        await Assert.ThrowsAsync<IOException>(() => running);
        Assert.Equal(4, _tries);
    }

    [Theory]
    [InlineData("429,500-599", 503, 2)]
    [InlineData("429,500-599", 429, 2)]
    [InlineData("429,500-599", 404, 1)]
    [InlineData("", 404, 2)]
    public async Task Only_matching_status_codes_are_retried(string matching, int status, int tries)
    {
        var policy = Retry(new RetryPolicy { Duration = TimeSpan.Zero, MaxRetries = 1, MatchingHttpStatusCodes = matching });

        await Assert.ThrowsAsync<OperationFailedException>(() => policy.ExecuteAsync<int>(_ =>
        {
            _tries++;
            throw new OperationFailedException("no") { HttpStatus = status };
        }, CancellationToken.None));

        Assert.Equal(tries, _tries);
    }

    [Fact]
    public async Task A_permanent_failure_is_not_retried()
    {
        var policy = Retry(new RetryPolicy { Duration = TimeSpan.Zero, MaxRetries = 5 });

        await Assert.ThrowsAsync<OperationFailedException>(() => policy.ExecuteAsync<int>(_ =>
        {
            _tries++;
            throw new OperationFailedException("no") { IsPermanent = true };
        }, CancellationToken.None));

        Assert.Equal(1, _tries);
    }

    [Fact]
    public async Task A_timeout_ends_each_try_and_is_retried()
    {
        var policy = Policies(new ResiliencySpec
        {
            Timeouts = new Dictionary<string, TimeSpan> { ["short"] = TimeSpan.FromSeconds(1) },
            Retries = new Dictionary<string, RetryPolicy> { ["once"] = new() { Duration = TimeSpan.Zero, MaxRetries = 1 } },
            Apps = new Dictionary<string, PolicyNames> { ["orders"] = new("short", "once") },
        }).ForApp("orders", "x");

        var running = policy.ExecuteAsync<int>(async token =>
        {
            Interlocked.Increment(ref _tries);
            await Task.Delay(Timeout.InfiniteTimeSpan, token);
            return 0;
        }, CancellationToken.None);
        await _time.AdvanceToTimerAsync(TimeSpan.FromSeconds(1));
        await _time.AdvanceToTimerAsync(TimeSpan.FromSeconds(1));

        await Assert.ThrowsAsync<TimeoutException>(() => running);
        Assert.Equal(2, _tries);
    }

    [Fact]
    public async Task A_breaker_opens_after_its_trip_lets_one_try_after_its_timeout_and_closes_on_success()
    {
        var policy = Breaker(new CircuitBreakerPolicy { Trip = "consecutiveFailures >= 2", Timeout = TimeSpan.FromSeconds(30) });
        await Assert.ThrowsAsync<IOException>(() => FailAsync(policy));
        await Assert.ThrowsAsync<IOException>(() => FailAsync(policy));

        await Assert.ThrowsAsync<CircuitOpenException>(() => FailAsync(policy));
        Assert.Equal(2, _tries);
        _time.Advance(TimeSpan.FromSeconds(30));
        await Assert.ThrowsAsync<IOException>(() => FailAsync(policy));
        await Assert.ThrowsAsync<CircuitOpenException>(() => FailAsync(policy));
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(7, await policy.ExecuteAsync(_ => Task.FromResult(7), CancellationToken.None));
        await Assert.ThrowsAsync<IOException>(() => FailAsync(policy));

        Assert.Equal(4, _tries);
    }

    [Fact]
    public async Task An_open_breaker_ends_the_retries()
    {
        var policy = Policies(new ResiliencySpec
        {
            Retries = new Dictionary<string, RetryPolicy> { ["many"] = new() { Duration = TimeSpan.Zero, MaxRetries = 10 } },
            CircuitBreakers = new Dictionary<string, CircuitBreakerPolicy> { ["cb"] = new() { Trip = "consecutiveFailures > 2" } },
            Apps = new Dictionary<string, PolicyNames> { ["orders"] = new("", "many", "cb") },
        }).ForApp("orders", "x");

        await Assert.ThrowsAsync<CircuitOpenException>(() => FailAsync(policy));

        Assert.Equal(3, _tries);
    }

    [Fact]
    public async Task Breakers_are_kept_per_app_and_method()
    {
        var policies = Policies(new ResiliencySpec
        {
            CircuitBreakers = new Dictionary<string, CircuitBreakerPolicy> { ["cb"] = new() { Trip = "consecutiveFailures > 0" } },
            Apps = new Dictionary<string, PolicyNames> { ["orders"] = new("", "", "cb") },
        });

        await Assert.ThrowsAsync<IOException>(() => FailAsync(policies.ForApp("orders", "a")));

        await Assert.ThrowsAsync<CircuitOpenException>(() => FailAsync(policies.ForApp("orders", "a")));
        await Assert.ThrowsAsync<IOException>(() => FailAsync(policies.ForApp("orders", "b")));
    }

    [Theory]
    [InlineData("DefaultRetryPolicy")]
    [InlineData("DefaultComponentInboundRetryPolicy")]
    [InlineData("DefaultPubsubComponentInboundRetryPolicy")]
    public async Task Default_policies_apply_by_name_where_no_target_says_otherwise(string name)
    {
        var policy = Policies(new ResiliencySpec
        {
            Retries = new Dictionary<string, RetryPolicy> { [name] = new() { Duration = TimeSpan.Zero, MaxRetries = 2 }, ["DefaultAppRetryPolicy"] = new() { Duration = TimeSpan.Zero, MaxRetries = 9 } },
        }).ForComponentInbound("events", "pubsub.redis");

        await Assert.ThrowsAsync<IOException>(() => FailAsync(policy));

        Assert.Equal(3, _tries);
    }

    [Fact]
    public async Task The_most_specific_default_wins_and_a_target_wins_over_it()
    {
        var policies = Policies(new ResiliencySpec
        {
            Retries = new Dictionary<string, RetryPolicy>
            {
                ["DefaultRetryPolicy"] = new() { Duration = TimeSpan.Zero, MaxRetries = 1 },
                ["DefaultStatestoreComponentOutboundRetryPolicy"] = new() { Duration = TimeSpan.Zero, MaxRetries = 2 },
                ["own"] = new() { Duration = TimeSpan.Zero, MaxRetries = 3 },
            },
            Components = new Dictionary<string, ComponentPolicyNames> { ["special"] = new(new PolicyNames(), new PolicyNames("", "own")) },
        });

        await Assert.ThrowsAsync<IOException>(() => FailAsync(policies.ForComponentOutbound("store", "state.sqlite")));
        Assert.Equal(3, _tries);
        await Assert.ThrowsAsync<IOException>(() => FailAsync(policies.ForComponentOutbound("special", "state.sqlite")));
        Assert.Equal(3 + 4, _tries);
    }

    [Theory]
    [InlineData("consecutiveFailures > 5", 5, false)]
    [InlineData("consecutiveFailures > 5", 6, true)]
    [InlineData("requests >= 4 && totalFailures * 2 >= requests", 4, true)]
    [InlineData("!(requests < 10) || false", 4, false)]
    public async Task Trip_conditions_are_read_as_expressions(string trip, int failures, bool opens)
    {
        var policy = Breaker(new CircuitBreakerPolicy { Trip = trip });
        for (var i = 0; i < failures; i++)
            await Assert.ThrowsAsync<IOException>(() => FailAsync(policy));

        var next = await Record.ExceptionAsync(() => FailAsync(policy));

        Assert.Equal(opens, next is CircuitOpenException);
    }

    [Theory]
    [InlineData("failures > 5", "has no variable 'failures'")]
    [InlineData("requests >", "ends too early")]
    [InlineData("(requests > 1", "lacks a closing parenthesis")]
    [InlineData("requests ? 1", "cannot be read at '? 1'")]
    public void A_wrong_trip_condition_says_what_is_wrong(string trip, string problem)
    {
        var error = Assert.Throws<FormatException>(() => Breaker(new CircuitBreakerPolicy { Trip = trip }));

        Assert.Contains(problem, error.Message);
    }

    private ResiliencyPolicies Policies(ResiliencySpec spec) => new([spec], _time);

    private IPolicy Retry(RetryPolicy retry) => Policies(new ResiliencySpec
    {
        Retries = new Dictionary<string, RetryPolicy> { ["r"] = retry },
        Apps = new Dictionary<string, PolicyNames> { ["orders"] = new("", "r") },
    }).ForApp("orders", "x");

    private IPolicy Breaker(CircuitBreakerPolicy breaker) => Policies(new ResiliencySpec
    {
        CircuitBreakers = new Dictionary<string, CircuitBreakerPolicy> { ["cb"] = breaker },
        Apps = new Dictionary<string, PolicyNames> { ["orders"] = new("", "", "cb") },
    }).ForApp("orders", "x");

    private Task<int> FailAsync(IPolicy policy) => policy.ExecuteAsync<int>(_ => throw new IOException($"try {Interlocked.Increment(ref _tries)}"), CancellationToken.None);
}
