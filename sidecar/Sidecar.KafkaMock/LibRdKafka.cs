using System.Runtime.InteropServices;
using Sidecar.Components.KafkaPubSub;

namespace Sidecar.KafkaMock;

/// <summary>The functions of librdkafka's <c>rdkafka_mock.h</c> that make and steer a mock cluster.</summary>
internal static partial class LibRdKafka
{
    public const int Producer = 0;

    static LibRdKafka() => NativeKafka.ResolveFor(typeof(LibRdKafka).Assembly);

    [LibraryImport(NativeKafka.ImportName, EntryPoint = "rd_kafka_conf_new")]
    public static partial nint NewConfiguration();

    [LibraryImport(NativeKafka.ImportName, EntryPoint = "rd_kafka_conf_set", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Set(nint configuration, string name, string value, [Out] byte[] error, nuint errorSize);

    [LibraryImport(NativeKafka.ImportName, EntryPoint = "rd_kafka_new")]
    public static partial nint New(int type, nint configuration, [Out] byte[] error, nuint errorSize);

    [LibraryImport(NativeKafka.ImportName, EntryPoint = "rd_kafka_destroy")]
    public static partial void Destroy(nint client);

    [LibraryImport(NativeKafka.ImportName, EntryPoint = "rd_kafka_err2str")]
    public static partial nint ErrorText(int error);

    [LibraryImport(NativeKafka.ImportName, EntryPoint = "rd_kafka_mock_cluster_new")]
    public static partial nint NewCluster(nint client, int brokers);

    [LibraryImport(NativeKafka.ImportName, EntryPoint = "rd_kafka_mock_cluster_destroy")]
    public static partial void DestroyCluster(nint cluster);

    [LibraryImport(NativeKafka.ImportName, EntryPoint = "rd_kafka_mock_cluster_bootstraps")]
    public static partial nint Bootstraps(nint cluster);

    [LibraryImport(NativeKafka.ImportName, EntryPoint = "rd_kafka_mock_broker_set_down")]
    public static partial int SetDown(nint cluster, int broker);

    [LibraryImport(NativeKafka.ImportName, EntryPoint = "rd_kafka_mock_broker_set_up")]
    public static partial int SetUp(nint cluster, int broker);

    [LibraryImport(NativeKafka.ImportName, EntryPoint = "rd_kafka_mock_broker_set_rtt")]
    public static partial int SetRoundTripTime(nint cluster, int broker, int milliseconds);

    [LibraryImport(NativeKafka.ImportName, EntryPoint = "rd_kafka_mock_topic_create", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int CreateTopic(nint cluster, string topic, int partitions, int replicas);
}
