using Dapr;
using Dapr.Common.Serialization;
using Microsoft.Extensions.Configuration;

namespace Sdk.Tests.Client;

public sealed class DaprDefaultsTests
{
    private static IConfiguration With(params (string Key, string Value)[] entries) =>
        new ConfigurationBuilder().AddInMemoryCollection(entries.Select(entry => KeyValuePair.Create(entry.Key, (string?)entry.Value))).Build();

    [Fact]
    public void A_port_alone_means_this_machine()
    {
        var configuration = With(("DAPR_HTTP_PORT", "3601"), ("DAPR_GRPC_PORT", "50601"));

        Assert.Equal("http://localhost:3601/", DaprDefaults.GetDefaultHttpEndpoint(configuration));
        Assert.Equal("http://localhost:50601/", DaprDefaults.GetDefaultGrpcEndpoint(configuration));
    }

    [Fact]
    public void An_endpoint_wins_over_the_port_and_its_path_is_ignored()
    {
        var configuration = With(("DAPR_HTTP_PORT", "3601"), ("DAPR_HTTP_ENDPOINT", "https://sidecar.example:8443/path"));

        Assert.Equal("https://sidecar.example:8443/", DaprDefaults.GetDefaultHttpEndpoint(configuration));
    }

    [Theory]
    [InlineData("dns://sidecar.example:50001?tls=true", "https://sidecar.example:50001/")]
    [InlineData("dns://sidecar.example:50001?tls=false", "http://sidecar.example:50001/")]
    public void An_endpoint_in_gRPCs_own_form_says_whether_it_is_TLS(string endpoint, string address) =>
        Assert.Equal(address, DaprDefaults.GetDefaultGrpcEndpoint(With(("DAPR_GRPC_ENDPOINT", endpoint))));

    [Fact]
    public void An_endpoint_in_gRPCs_own_form_that_does_not_say_so_is_refused() =>
        Assert.Throws<InvalidOperationException>(() => DaprDefaults.GetDefaultGrpcEndpoint(With(("DAPR_GRPC_ENDPOINT", "dns://sidecar.example:50001"))));

    [Fact]
    public void Tokens_come_from_the_configuration()
    {
        var configuration = With(("DAPR_API_TOKEN", "d"), ("APP_API_TOKEN", "a"));

        Assert.Equal(("d", "a"), (DaprDefaults.GetDefaultDaprApiToken(configuration), DaprDefaults.GetDefaultAppApiToken(configuration)));
    }

    [Fact]
    public void The_serializer_writes_null_as_nothing_and_reads_nothing_as_the_default()
    {
        var serializer = new JsonDaprSerializer();

        Assert.Equal(string.Empty, serializer.Serialize(null));
        Assert.Null(serializer.Deserialize<string>(string.Empty));
        Assert.Equal(0, serializer.Deserialize(null, typeof(int)));
        Assert.Equal("""{"count":1}""", serializer.Serialize(new { Count = 1 }));
        Assert.Equal(5, serializer.DeserializeFromUtf8Bytes<int>("5"u8));
    }
}
