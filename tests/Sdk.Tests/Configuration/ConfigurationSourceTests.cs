using Dapr;
using Dapr.Client;
using Dapr.Extensions.Configuration;
using Dapr.Protocol.Common.V1;
using Dapr.Protocol.Grpc;
using Dapr.Protocol.Methods;
using Dapr.Protocol.Runtime.V1;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Sdk.Tests.Sidecar;

namespace Sdk.Tests.Configuration;

/// <summary>Secrets and items of configuration stores as an application's configuration.</summary>
public sealed class ConfigurationSourceTests
{
    private static readonly TimeSpan s_wait = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Every_secret_is_read_and_two_underscores_make_a_section()
    {
        await using var sidecar = await FakeSidecar.StartAsync(s => s.Answer(DaprMethods.GetBulkSecret, _ => new GetBulkSecretResponse
        {
            Data =
            {
                ["db"] = new SecretResponse { Secrets = { ["ConnectionStrings__Shop"] = "Host=db" } },
                ["key"] = new SecretResponse { Secrets = { ["key"] = "k" } },
            },
        }));
        using var client = sidecar.CreateClient();

        var configuration = await BuildAsync(builder => builder.AddDaprSecretStore("vault", client, new Dictionary<string, string> { ["version"] = "2" }));

        Assert.Equal(("Host=db", "k"), (configuration.GetConnectionString("shop"), configuration["KEY"]));
        Assert.Equal("2", sidecar.Only<GetBulkSecretRequest>().Metadata["version"]);
        Assert.Equal("/v1.0/healthz/outbound", Assert.Single(sidecar.HttpCalls).Target);
    }

    [Fact]
    public async Task Delimiters_of_ones_own_make_sections_instead()
    {
        await using var sidecar = await FakeSidecar.StartAsync(s => s.Answer(
            DaprMethods.GetBulkSecret, _ => new GetBulkSecretResponse { Data = { ["a"] = new SecretResponse { Secrets = { ["a-b__c"] = "1" } } } }));
        using var client = sidecar.CreateClient();

        var own = await BuildAsync(builder => builder.AddDaprSecretStore("vault", client, ["-"]));
        var none = await BuildAsync(builder => builder.AddDaprSecretStore(source => (source.Store, source.Client, source.NormalizeKey) = ("vault", client, false)));

        Assert.Equal(("1", "1"), (own["a:b__c"], none["a-b__c"]));
    }

    [Fact]
    public async Task A_secret_has_the_name_the_application_wants_and_may_be_missing_where_it_is_not_required()
    {
        await using var sidecar = await FakeSidecar.StartAsync(s => s.Answer(DaprMethods.GetSecret, request => request.Key == "stored"
            ? new GetSecretResponse { Data = { ["stored"] = "s" } }
            : throw new GrpcException(GrpcStatusCode.Internal, "no such secret")));
        using var client = sidecar.CreateClient();

        var configuration = await BuildAsync(builder => builder.AddDaprSecretStore(
            "vault", [new DaprSecretDescriptor("Wanted__Name", secretKey: "stored"), new DaprSecretDescriptor("other", isRequired: false)], client));

        Assert.Equal("s", configuration["Wanted:Name"]);
        await Assert.ThrowsAsync<DaprException>(() => BuildAsync(builder => builder.AddDaprSecretStore("vault", [new DaprSecretDescriptor("other")], client)));
    }

    [Fact]
    public async Task A_key_of_two_secrets_is_refused()
    {
        await using var sidecar = await FakeSidecar.StartAsync(s => s.Answer(DaprMethods.GetBulkSecret, _ => new GetBulkSecretResponse
        {
            Data = { ["a"] = new SecretResponse { Secrets = { ["k"] = "1" } }, ["b"] = new SecretResponse { Secrets = { ["K"] = "2" } } },
        }));
        using var client = sidecar.CreateClient();

        await Assert.ThrowsAsync<InvalidOperationException>(() => BuildAsync(builder => builder.AddDaprSecretStore("vault", client)));
    }

    [Fact]
    public async Task An_optional_source_does_without_a_sidecar_and_any_other_does_not()
    {
        await using var sidecar = await FakeSidecar.StartAsync(s => s.OnHttp = context =>
        {
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            return Task.CompletedTask;
        });
        using var client = sidecar.CreateClient();
        var shortly = TimeSpan.FromMilliseconds(100);

        var empty = await BuildAsync(builder => builder.AddDaprSecretStore("vault", client, shortly, optional: true).AddDaprConfigurationStore("config", [], client, shortly, optional: true));

        Assert.Empty(empty.AsEnumerable());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => BuildAsync(builder => builder.AddDaprSecretStore("vault", client, shortly)));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => BuildAsync(builder => builder.AddDaprConfigurationStore("config", [], client, shortly)));
    }

    [Fact]
    public async Task Items_of_a_configuration_store_are_read_once()
    {
        await using var sidecar = await FakeSidecar.StartAsync(s => s.Answer(
            DaprMethods.GetConfiguration, _ => new Dapr.Protocol.Runtime.V1.GetConfigurationResponse { Items = { ["limit"] = new Dapr.Protocol.Common.V1.ConfigurationItem { Value = "5" } } }));
        using var client = sidecar.CreateClient();

        var configuration = await BuildAsync(builder => builder.AddDaprConfigurationStore("config", ["limit"], client, s_wait));

        Assert.Equal("5", configuration["limit"]);
        Assert.Equal(["limit"], sidecar.Only<GetConfigurationRequest>().Keys);
    }

    [Fact]
    public async Task Changes_of_a_configuration_store_are_followed()
    {
        await using var sidecar = await FakeSidecar.StartAsync(s => s
            .Stream(
                DaprMethods.SubscribeConfiguration,
                new Dapr.Protocol.Runtime.V1.SubscribeConfigurationResponse { Id = "sub-1", Items = { ["limit"] = new Dapr.Protocol.Common.V1.ConfigurationItem { Value = "5" } } },
                new Dapr.Protocol.Runtime.V1.SubscribeConfigurationResponse { Id = "sub-1", Items = { ["limit"] = new Dapr.Protocol.Common.V1.ConfigurationItem { Value = "6" } } })
            .Answer(DaprMethods.UnsubscribeConfiguration));
        using var client = sidecar.CreateClient();

        var configuration = await BuildAsync(builder => builder.AddStreamingDaprConfigurationStore("config", [], client, s_wait));

        for (var time = 0; configuration["limit"] != "6" && time < 500; time++)
            await Task.Delay(10);
        Assert.Equal("6", configuration["limit"]);
        ((IDisposable)configuration).Dispose();
    }

    [Fact]
    public void What_is_missing_is_named()
    {
        using var client = new DaprClientBuilder().Build();
        var builder = new ConfigurationBuilder();

        Assert.Equal("store", Assert.Throws<ArgumentException>(() => builder.AddDaprSecretStore("", client)).ParamName);
        Assert.Equal("client", Assert.Throws<ArgumentNullException>(() => builder.AddDaprSecretStore("vault", null!, ["-"])).ParamName);
        Assert.Equal("secretDescriptors", Assert.Throws<ArgumentException>(() => builder.AddDaprSecretStore("vault", [], client).Build()).ParamName);
        Assert.Equal("keys", Assert.Throws<ArgumentNullException>(() => builder.AddDaprConfigurationStore("config", null!, client, s_wait)).ParamName);
    }

    // Building blocks its thread, which a server in this process needs.
    private static Task<IConfigurationRoot> BuildAsync(Action<IConfigurationBuilder> add) => Task.Run<IConfigurationRoot>(() =>
    {
        var builder = new ConfigurationBuilder();
        add(builder);
        return builder.Build();
    });
}
