using Confluent.Kafka;

namespace Bench.Brokers;

/// <summary>Confluent.Kafka alone: an idempotent producer with acknowledgement by all, and a group's consumer.</summary>
internal static class BareKafka
{
    public static async Task<double> PerSecondAsync(string address, TimeSpan duration)
    {
        using var producer = new ProducerBuilder<string, byte[]>(new ProducerConfig { BootstrapServers = address, EnableIdempotence = true, Acks = Acks.All, LingerMs = 1 }).Build();
        using var consumer = new ConsumerBuilder<string, byte[]>(
            new ConsumerConfig { BootstrapServers = address, GroupId = "bare", AutoOffsetReset = AutoOffsetReset.Earliest, EnableAutoOffsetStore = true }).Build();
        using var stop = new CancellationTokenSource();
        long arrived = 0;
        var key = 0;
        consumer.Subscribe(BareClients.Topic);
        var consuming = Task.Factory.StartNew(
            () =>
            {
                try
                {
                    while (true)
                    {
                        if (consumer.Consume(stop.Token) is not null)
                            Interlocked.Increment(ref arrived);
                    }
                }
                catch (OperationCanceledException)
                {
                    consumer.Close();
                }
            },
            TaskCreationOptions.LongRunning);
        try
        {
            return await BareClients.RateAsync(PublishAsync, () => Interlocked.Read(ref arrived), duration);
        }
        finally
        {
            await stop.CancelAsync();
            await consuming;
        }

        Task PublishAsync() => Task.WhenAll(Enumerable.Range(0, BareClients.BatchSize).Select(_ =>
            producer.ProduceAsync(BareClients.Topic, new Message<string, byte[]> { Key = $"key-{Interlocked.Increment(ref key) % 1000}", Value = BareClients.Payload })));
    }
}
