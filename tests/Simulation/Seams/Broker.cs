using System.Text.Json;
using ServiceDefaults;
using Simulation.Faults;
using Simulation.Programs;

namespace Simulation.Seams;

/// <summary>A published event.</summary>
internal sealed record Message(string Topic, string Id, string Type, string Key, ReadOnlyMemory<byte> Body)
{
    /// <summary>The CloudEvent that subscribers get.</summary>
    public static ReadOnlyMemory<byte> Envelope(Dictionary<string, string> metadata, string topic, string source, ReadOnlyMemory<byte> data)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(data.Length + 300);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("specversion", "1.0");
        json.WriteString("id", metadata["cloudevent.id"]);
        json.WriteString("type", metadata["cloudevent.type"]);
        json.WriteString("source", source);
        json.WriteString("pubsubname", "pubsub");
        json.WriteString("topic", topic);
        json.WriteString("datacontenttype", "application/json");
        json.WritePropertyName("data");
        json.WriteRawValue(data.Span, skipInputValidation: true);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }
}

/// <summary>
/// At-least-once, to every app that asked for the topic. Events of one key come in their order and one at a time, each again until it is accepted; what chance adds are repeats of what was
/// accepted already, and two deliveries of one event at once. A broker without order delivers each event by itself.
/// </summary>
internal sealed class Broker(World world, bool keepsOrder)
{
    private static readonly Fault[] _faults = [Fault.CrashBefore, Fault.CrashAfter, Fault.AnswerLost, Fault.Late, Fault.Again, Fault.SideBySide];

    private readonly Dictionary<(string App, string Topic, string Key), Queue<Message>> _lanes = [];

    /// <summary>Everything that was published, in order.</summary>
    public List<Message> Log { get; } = [];

    public void Publish(Replica publisher, Message message)
    {
        world.Tell($"{publisher} publishes {Named(message)}");
        Log.Add(message);
        foreach (var program in Platform.Programs)
        {
            foreach (var route in program.Topics)
            {
                if (route.Topic == message.Topic)
                {
                    Enqueue(program.AppId, route.Path, message);
                }
            }
        }
    }

    /// <summary>Delivers everything again, as a consumer does that has lost its place.</summary>
    public void Replay()
    {
        foreach (var message in Log.ToList())
        {
            foreach (var program in Platform.Programs)
            {
                foreach (var route in program.Topics.Where(route => route.Topic == message.Topic))
                {
                    Enqueue(program.AppId, route.Path, message);
                }
            }
        }
    }

    public static string Named(Message message) => message.Type.Split('.')[1];

    private void Enqueue(string app, string path, Message message)
    {
        if (!keepsOrder)
        {
            Deliver(app, path, message, 1, () => { });
            return;
        }

        var lane = (app, message.Topic, message.Key);
        if (!_lanes.TryGetValue(lane, out var queue))
        {
            _lanes[lane] = queue = new Queue<Message>();
        }

        queue.Enqueue(message);
        if (queue.Count == 1)
        {
            DeliverNext();
        }

        void DeliverNext()
        {
            Deliver(app, path, queue.Peek(), 1, () =>
            {
                queue.Dequeue();
                if (queue.Count > 0)
                {
                    DeliverNext();
                }
            });
        }
    }

    private void Deliver(string app, string path, Message message, int attempt, Action accepted)
    {
        var moment = world.Chance.At(app, "hears", message.Id, attempt < 20 ? _faults : []);
        var backoff = attempt == 1 ? TimeSpan.Zero : TimeSpan.FromMilliseconds(Math.Min(5_000, 100 << Math.Min(attempt, 6)));
        world.Timeline.After(moment.Before + backoff, () =>
        {
            if (world.AnyReplica(app, moment.Draw) is not { } replica)
            {
                world.Timeline.After(TimeSpan.FromMilliseconds(500), () => Deliver(app, path, message, attempt, accepted));
                return;
            }

            if (moment.Fault == Fault.SideBySide && world.AnyReplica(app, moment.Draw >> 7) is { } other)
            {
                world.Tell($"!! {Named(message)} is delivered to {app} twice at once");
                Hand(other, path, message, _ => { });
            }

            if (moment.Fault == Fault.CrashBefore)
            {
                replica.Crash($"as it gets {Named(message)}");
            }

            Hand(replica, path, message, verdict => Judge(verdict, replica, moment));
        });

        void Judge(string? verdict, Replica replica, Moment moment)
        {
            if (moment.Fault == Fault.CrashAfter)
            {
                replica.Crash($"after it has handled {Named(message)}");
            }

            if (verdict == "DROP")
            {
                world.Violate("nothing is dead-lettered", $"{replica} drops {Named(message)} of order {message.Key}");
            }
            else if (verdict != "SUCCESS" || moment.Fault is Fault.CrashAfter or Fault.AnswerLost)
            {
                if (verdict == "SUCCESS" && moment.Fault == Fault.AnswerLost)
                {
                    world.Tell($"!! that {replica} has handled {Named(message)} is not heard; it comes again");
                }

                Deliver(app, path, message, attempt + 1, accepted);
            }
            else
            {
                accepted();
                if (moment.Fault == Fault.Again)
                {
                    world.Tell($"!! {Named(message)} will come to {app} again");
                    world.Timeline.After(TimeSpan.FromMilliseconds((moment.Draw >> 20) % 20_000), () => Deliver(app, path, message, 2, () => { }));
                }
            }
        }
    }

    private void Hand(Replica replica, string path, Message message, Action<string?> judged)
    {
        if (!replica.IsAlive)
        {
            judged(null);
            return;
        }

        replica.Serve(Request.Post(path, message.Body), answer =>
        {
            if (answer is null)
            {
                judged(null);
                return;
            }

            world.CheckAnswer(replica, Request.Post(path, default), answer);
            var verdict = answer.IsSuccess ? JsonSerializer.Deserialize<Verdict>(answer.Body.Span, WireJson.Options)?.Status : null;
            if (verdict != "SUCCESS")
            {
                world.Tell($"{replica} wants {Named(message)} of {message.Key} again: {verdict ?? answer.Text}");
            }

            judged(verdict);
        });
    }

    private sealed record Verdict(string Status);
}
