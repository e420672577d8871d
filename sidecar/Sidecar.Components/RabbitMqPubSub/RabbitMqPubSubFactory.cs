using Microsoft.Extensions.Logging;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.Resources;

namespace Sidecar.Components.RabbitMqPubSub;

/// <summary>Makes <c>pubsub.rabbitmq</c>: metadata, topology and semantics as Dapr's, on RabbitMQ.Client.</summary>
public sealed class RabbitMqPubSubFactory : IComponentFactory
{
    private static readonly TimeSpan s_retryWait = TimeSpan.FromMilliseconds(250);

    /// <inheritdoc/>
    public string Type => "pubsub.rabbitmq";

    /// <inheritdoc/>
    public async Task<IAsyncDisposable> CreateAsync(Component component, ComponentContext context, CancellationToken cancellationToken)
    {
        var options = RabbitMqMetadata.Read(component);
        var logger = context.Loggers.CreateLogger("pubsub.rabbitmq");
        if (component.Text("concurrency") is not null && component.Text("concurrencyMode") is null)
            RabbitMqLog.ConcurrencyIgnored(logger, component.Name);
        var broker = new RabbitMqBroker(options, context.Time, logger);
        try
        {
            await ConnectAsync(broker, component, options, context.Time, cancellationToken);
            return broker;
        }
        catch
        {
            await broker.DisposeAsync();
            throw;
        }
    }

    private static async Task ConnectAsync(RabbitMqBroker broker, Component component, RabbitMqOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(component.InitTimeout);
        RabbitMqException? last = null;
        while (true)
        {
            try
            {
                await broker.ConnectAsync(limit.Token);
                return;
            }
            catch (RabbitMqException error) when (error.IsFinal)
            {
                throw new ComponentException(component, error.Message, error);
            }
            catch (RabbitMqException error)
            {
                last = error;
            }
            catch (OperationCanceledException)
            {
                throw GaveUp(component, options, last);
            }

            try
            {
                await Task.Delay(s_retryWait, time, limit.Token);
            }
            catch (OperationCanceledException)
            {
                throw GaveUp(component, options, last);
            }
        }
    }

    private static ComponentException GaveUp(Component component, RabbitMqOptions options, RabbitMqException? last) => new(
        component, $"{last?.Message ?? $"RabbitMQ at {options.Address} did not answer"} (tried for {component.InitTimeout.TotalSeconds:0.#} s, its spec.initTimeout)", last);
}
