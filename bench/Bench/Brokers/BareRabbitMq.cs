using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Bench.Brokers;

/// <summary>RabbitMQ.Client alone: persistent messages, tracked confirms, a durable queue, acknowledgements in groups.</summary>
internal static class BareRabbitMq
{
    private const ushort Prefetch = 1000;

    public static async Task<double> PerSecondAsync(int port, TimeSpan duration)
    {
        var factory = new ConnectionFactory { Uri = new Uri($"amqp://guest:guest@127.0.0.1:{port}") };
        await using var connection = await factory.CreateConnectionAsync();
        await using var publisher = await connection.CreateChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        await using var subscriber = await connection.CreateChannelAsync();
        await subscriber.QueueDeclareAsync(BareClients.Topic, durable: true, exclusive: false, autoDelete: false);
        await subscriber.BasicQosAsync(0, Prefetch, global: false);
        long arrived = 0;
        var consumer = new AsyncEventingBasicConsumer(subscriber);
        consumer.ReceivedAsync += async (_, delivery) =>
        {
            if (Interlocked.Increment(ref arrived) % BareClients.BatchSize == 0)
                await subscriber.BasicAckAsync(delivery.DeliveryTag, multiple: true);
        };
        await subscriber.BasicConsumeAsync(BareClients.Topic, autoAck: false, consumer);
        return await BareClients.RateAsync(PublishAsync, () => Interlocked.Read(ref arrived), duration);

        Task PublishAsync() => Task.WhenAll(Enumerable.Range(0, BareClients.BatchSize).Select(_ =>
            publisher.BasicPublishAsync("", BareClients.Topic, mandatory: false, new BasicProperties { Persistent = true }, BareClients.Payload).AsTask()));
    }
}
