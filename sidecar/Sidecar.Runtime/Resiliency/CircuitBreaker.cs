using Sidecar.Runtime.Resources;

namespace Sidecar.Runtime.Resiliency;

/// <summary>Dapr's circuit breaker: counts per generation, trips by an expression over the counts, lets a few calls try while half open.</summary>
internal sealed class CircuitBreaker(CircuitBreakerPolicy policy, TimeProvider time)
{
    private readonly TripCondition _trip = TripCondition.Parse(policy.Trip);
    private readonly Lock _gate = new();
    private State _state;
    private BreakerCounts _counts;
    private long _generation;
    private DateTimeOffset? _expiry = policy.Interval > TimeSpan.Zero ? time.GetUtcNow() + policy.Interval : null;

    private enum State
    {
        Closed,
        Open,
        HalfOpen,
    }

    /// <summary>Asks to make a call; the answer goes back with its outcome, so that one of an earlier state is not counted.</summary>
    /// <exception cref="CircuitOpenException">The breaker is open, or enough calls are trying already.</exception>
    public long Enter()
    {
        lock (_gate)
        {
            Update();
            if (_state == State.Open)
                throw new CircuitOpenException("circuit breaker is open");
            if (_state == State.HalfOpen && _counts.Requests >= policy.MaxRequests)
                throw new CircuitOpenException("too many requests: circuit breaker is half open");

            _counts.Requests++;
            return _generation;
        }
    }

    /// <summary>The call went well.</summary>
    public void Succeeded(long? ticket)
    {
        lock (_gate)
        {
            Update();
            if (ticket != _generation)
                return;
            _counts.TotalSuccesses++;
            _counts.ConsecutiveSuccesses++;
            _counts.ConsecutiveFailures = 0;
            if (_state == State.HalfOpen && _counts.ConsecutiveSuccesses >= policy.MaxRequests)
                Become(State.Closed);
        }
    }

    /// <summary>The call failed.</summary>
    public void Failed(long? ticket)
    {
        lock (_gate)
        {
            Update();
            if (ticket != _generation)
                return;
            _counts.TotalFailures++;
            _counts.ConsecutiveFailures++;
            _counts.ConsecutiveSuccesses = 0;
            if (_state == State.HalfOpen || _trip.IsMet(_counts))
                Become(State.Open);
        }
    }

    /// <summary>The call was given up by its caller: as if it had not been.</summary>
    public void Abandoned(long? ticket)
    {
        lock (_gate)
        {
            if (ticket == _generation && _counts.Requests > 0)
                _counts.Requests--;
        }
    }

    private void Update()
    {
        if (_expiry is not { } expiry || time.GetUtcNow() < expiry)
            return;
        if (_state == State.Open)
            Become(State.HalfOpen);
        else if (_state == State.Closed)
            Become(State.Closed);
    }

    private void Become(State state)
    {
        _state = state;
        _counts = default;
        _generation++;
        _expiry = state switch
        {
            State.Open => time.GetUtcNow() + policy.Timeout,
            State.Closed when policy.Interval > TimeSpan.Zero => time.GetUtcNow() + policy.Interval,
            _ => null,
        };
    }
}

/// <summary>What a breaker has counted since its state last changed.</summary>
internal struct BreakerCounts
{
    public int Requests;
    public int TotalSuccesses;
    public int TotalFailures;
    public int ConsecutiveSuccesses;
    public int ConsecutiveFailures;
}

/// <summary>The breaker lets no call through; retrying does not help until it has closed.</summary>
public sealed class CircuitOpenException(string message) : OperationFailedException(message)
{
}
