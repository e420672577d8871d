using Polly;
using Polly.Retry;
using Polly.Timeout;
using Sidecar.Runtime.Resources;

namespace Sidecar.Runtime.Resiliency;

/// <summary>retry( circuit breaker( timeout( operation ) ) ): an open breaker ends the retries, a timeout is retried.</summary>
internal sealed class Policy : IPolicy
{
    private readonly ResiliencePipeline _retry = ResiliencePipeline.Empty;
    private readonly ResiliencePipeline _timeout = ResiliencePipeline.Empty;
    private readonly CircuitBreaker? _breaker;

    public Policy(RetryPolicy? retry, CircuitBreaker? breaker, TimeSpan? timeout, TimeProvider time)
    {
        _breaker = breaker;
        HasRetries = retry is { MaxRetries: not 0 };
        if (retry is { MaxRetries: not 0 })
            _retry = new ResiliencePipelineBuilder { TimeProvider = time }.AddRetry(RetryOptions(retry)).Build();
        if (timeout is { } limit && limit > TimeSpan.Zero)
            _timeout = new ResiliencePipelineBuilder { TimeProvider = time }.AddTimeout(new TimeoutStrategyOptions { TimeoutGenerator = _ => ValueTask.FromResult(limit) }).Build();
    }

    /// <inheritdoc/>
    public bool HasRetries { get; }

    /// <summary>Runs the operation once and adds nothing.</summary>
    public static IPolicy None { get; } = new Policy(null, null, null, TimeProvider.System);

    /// <inheritdoc/>
    public async Task<T> ExecuteAsync<T>(Func<CancellationToken, Task<T>> operation, CancellationToken cancellationToken)
    {
        try
        {
            return await _retry.ExecuteAsync(async token => await TryAsync(operation, token), cancellationToken);
        }
        catch (TimeoutRejectedException e)
        {
            throw new TimeoutException("the operation took longer than its resiliency timeout allows", e);
        }
    }

    private async ValueTask<T> TryAsync<T>(Func<CancellationToken, Task<T>> operation, CancellationToken cancellationToken)
    {
        var ticket = _breaker?.Enter();
        try
        {
            var result = await _timeout.ExecuteAsync(async token => await operation(token), cancellationToken);
            _breaker?.Succeeded(ticket);
            return result;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The caller gave up: that says nothing about the target.
            _breaker?.Abandoned(ticket);
            throw;
        }
        catch
        {
            _breaker?.Failed(ticket);
            throw;
        }
    }

    private static RetryStrategyOptions RetryOptions(RetryPolicy retry)
    {
        var http = StatusCodeRanges.Parse(retry.MatchingHttpStatusCodes);
        var grpc = StatusCodeRanges.Parse(retry.MatchingGrpcStatusCodes);
        return new RetryStrategyOptions
        {
            MaxRetryAttempts = retry.MaxRetries < 0 ? int.MaxValue : retry.MaxRetries,
            ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome.Exception switch
            {
                null => false,
                CircuitOpenException => false,
                OperationCanceledException => false,
                OperationFailedException { IsPermanent: true } => false,
                OperationFailedException { HttpStatus: > 0 } failed => http.Match(failed.HttpStatus),
                OperationFailedException { GrpcStatus: >= 0 } failed => grpc.Match(failed.GrpcStatus),
                _ => true,
            }),
            DelayGenerator = arguments => ValueTask.FromResult<TimeSpan?>(Pause(retry, arguments.AttemptNumber)),
        };
    }

    private static TimeSpan Pause(RetryPolicy retry, int attempt)
    {
        if (retry.BackOff == BackOff.Constant)
            return retry.Duration;

        var grown = 0.5 * Math.Pow(1.5, Math.Min(attempt, 64));
        var capped = Math.Min(grown, retry.MaxInterval.TotalSeconds);
        return TimeSpan.FromSeconds(capped * (0.5 + Random.Shared.NextDouble()));
    }
}
