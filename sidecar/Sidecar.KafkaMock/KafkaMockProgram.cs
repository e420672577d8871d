using System.Globalization;
using System.Runtime.InteropServices;
using Sidecar.Components.KafkaPubSub;

namespace Sidecar.KafkaMock;

/// <summary>
/// <c>Sidecar.KafkaMock [--port PORT] [--brokers COUNT] [--control PORT]</c>: runs the mock cluster until SIGTERM, Ctrl-C or, without <c>--control</c>, the end of its input.
/// It prints where clients connect; commands come as lines of its input or over the control port.
/// </summary>
public static class KafkaMockProgram
{
    /// <summary>Why it cannot run on this machine, with what to install; null when it can.</summary>
    public static string? Missing => NativeKafka.Missing;

    /// <summary>Where the program is.</summary>
    public static string File => typeof(KafkaMockProgram).Assembly.Location;

    private static async Task<int> Main(string[] arguments)
    {
        if (Missing is { } missing)
        {
            await Console.Error.WriteLineAsync(missing);
            return 1;
        }

        int? port, control, brokers;
        try
        {
            (port, control, brokers) = (Number(arguments, "--port"), Number(arguments, "--control"), Number(arguments, "--brokers"));
        }
        catch (FormatException exception)
        {
            await Console.Error.WriteLineAsync($"{exception.Message}; usage: [--port PORT] [--brokers COUNT] [--control PORT]");
            return 2;
        }

        using var stop = new CancellationTokenSource();
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Stop(context, stop));
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Stop(context, stop));
        using var cluster = new MockCluster(brokers ?? 1);
        var work = new List<Task>
        {
            control is { } door ? Doors.AnswerAsync(door, cluster.Do, stop.Token) : Task.Run(() => ReadCommandsAsync(cluster)),
        };
        if (port is { } front)
            work.Add(Doors.ForwardAsync(front, cluster.Brokers, stop.Token));
        await Console.Out.WriteLineAsync(
            $"{(port is null ? cluster.Bootstrap : $"127.0.0.1:{port}")} is librdkafka's mock cluster, not Apache Kafka: {brokers ?? 1} broker(s), everything in memory");
        try
        {
            await await Task.WhenAny(work);
        }
        catch (OperationCanceledException)
        {
            // Asked to end.
        }

        return 0;
    }

    private static void Stop(PosixSignalContext context, CancellationTokenSource stop)
    {
        context.Cancel = true;
        stop.Cancel();
    }

    private static async Task ReadCommandsAsync(MockCluster cluster)
    {
        while (await Console.In.ReadLineAsync() is { } line)
        {
            await Console.Out.WriteLineAsync(cluster.Do(line));
        }
    }

    private static int? Number(string[] arguments, string name)
    {
        var at = Array.IndexOf(arguments, name);
        if (at < 0)
            return null;
        return at + 1 < arguments.Length && int.TryParse(arguments[at + 1], CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw new FormatException($"{name} needs a number");
    }
}
