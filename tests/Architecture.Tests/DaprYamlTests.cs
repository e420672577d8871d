using YamlDotNet.RepresentationModel;

namespace Architecture.Tests;

/// <summary>
/// Every YAML that real Dapr 1.18 reads is valid for it: kinds, keys and metadata names as in its component reference. The embedded components are the one exception.
/// </summary>
public sealed class DaprYamlTests
{
    private static readonly string[] _always = ["name"];

    private static readonly string[] _redisConnection =
    [
        "redisHost", "redisPort", "redisUsername", "redisPassword", "redisType", "redisDB", "enableTLS", "insecureSkipTLSVerify", "clientCert", "clientKey", "failover",
        "sentinelMasterName", "sentinelUsername", "sentinelPassword", "redisMaxRetries", "redisMinRetryInterval", "redisMaxRetryInterval", "dialTimeout", "readTimeout",
        "writeTimeout", "poolSize", "poolTimeout", "maxConnAge", "minIdleConns", "idleCheckFrequency", "idleTimeout", "useEntraID",
    ];

    private static readonly Dictionary<string, string[]> _metadata = new()
    {
        ["state.sqlite"] = ["connectionString", "timeout", "busyTimeout", "disableWAL", "tableName", "metadataTableName", "cleanupInterval", "keyPrefix", "actorStateStore"],
        ["state.postgresql"] =
        [
            "connectionString", "host", "hostaddr", "port", "user", "password", "database", "sslRootCert", "timeout", "tableName", "tablePrefix", "metadataTableName",
            "cleanupInterval", "maxConns", "connectionMaxIdleTime", "queryExecMode", "useAzureAD", "useAWSIAM", "keyPrefix", "actorStateStore",
        ],
        ["state.in-memory"] = ["keyPrefix", "actorStateStore"],
        ["state.redis"] = [.. _redisConnection, "ttlInSeconds", "queryIndexes", "keyPrefix", "actorStateStore"],
        ["lock.redis"] = [.. _redisConnection, "keyPrefix"],
        ["configuration.redis"] = _redisConnection,
        ["configuration.postgresql"] =
        [
            "connectionString", "host", "hostaddr", "port", "user", "password", "database", "sslRootCert", "timeout", "table", "notifyChannel", "maxConns", "connectionMaxIdleTime",
            "queryExecMode", "useAzureAD", "useAWSIAM",
        ],
        ["pubsub.redis"] =
        [
            .. _redisConnection, "consumerID", "redeliverInterval", "processingTimeout", "queueDepth", "concurrency", "maxLenApprox", "streamTTL",
        ],
        ["pubsub.in-memory"] = [],
        ["pubsub.kafka"] =
        [
            "brokers", "consumerGroup", "consumerID", "clientID", "authType", "saslUsername", "saslPassword", "saslMechanism", "initialOffset", "maxMessageBytes",
            "consumeRetryInterval", "consumeRetryEnabled", "heartbeatInterval", "sessionTimeout", "version", "caCert", "clientCert", "clientKey", "skipVerify", "disableTls",
            "channelBufferSize", "consumerFetchMin", "consumerFetchDefault", "compression", "producerRequiredAcks", "producerRetryMax", "consumerGroupRebalanceStrategy",
            "clientConnectionTopicMetadataRefreshInterval", "clientConnectionKeepAliveInterval", "escapeHeaders", "excludeHeaderMetaRegex",
        ],
        ["pubsub.rabbitmq"] =
        [
            "connectionString", "hostname", "protocol", "username", "password", "consumerID", "durable", "deletedWhenUnused", "autoAck", "deliveryMode",
            "requeueInFailure", "prefetchCount", "reconnectWaitSeconds", "concurrencyMode", "publisherConfirm", "exchangeKind", "enableDeadLetter", "maxLen",
            "maxLenBytes", "ttlInSeconds", "clientName", "heartBeat", "caCert", "clientCert", "clientKey", "saslExternal", "publishMessagePropertiesToMetadata",
        ],
        ["pubsub.jetstream"] =
        [
            "natsURL", "jwt", "seedKey", "token", "tls_client_cert", "tls_client_key", "streamName", "durableName", "queueGroupName", "startSequence", "startTime", "flowControl",
            "ackWait", "maxDeliver", "backOff", "maxAckPending", "replicas", "memoryStorage", "rateLimit", "heartbeat", "deliverPolicy", "ackPolicy", "domain", "apiPrefix",
            "concurrency",
        ],
        ["pubsub.azure.servicebus.topics"] =
        [
            "connectionString", "namespaceName", "consumerID", "maxRetriableErrorsPerSec", "minConnectionRecoveryInSec", "maxConnectionRecoveryInSec", "maxActiveMessages",
            "maxConcurrentHandlers", "lockRenewalInSec", "timeoutInSec", "disableEntityManagement", "lockDurationInSec", "autoDeleteOnIdleInSec", "defaultMessageTimeToLiveInSec",
            "maxDeliveryCount", "handlerTimeoutInSec", "publishMaxRetries", "publishInitialRetryIntervalInMs", "azureTenantId", "azureClientId", "azureClientSecret",
        ],
        ["state.azure.cosmosdb"] = ["url", "masterKey", "database", "collection", "contenttype", "azureTenantId", "azureClientId", "azureClientSecret", "keyPrefix", "actorStateStore"],
        ["secretstores.local.file"] = ["secretsFile", "nestedSeparator", "multiValued"],
        ["secretstores.local.env"] = ["prefix"],
        ["crypto.dapr.localstorage"] = ["path"],
        ["crypto.dapr.jwks"] = ["jwks", "requestTimeout", "minRefreshInterval"],
        ["pubsub.embedded"] = ["path", "concurrency", "redeliverInterval", "maxDeliver", "consumerID"],
        ["configuration.embedded"] = ["path", "pollInterval"],
        ["lock.embedded"] = ["keyPrefix"],
    };

    private static readonly string[] _pubsubScoping = ["allowedTopics", "protectedTopics", "publishingScopes", "subscriptionScopes"];

    public static TheoryData<string> ComponentFiles() =>
    [
        .. Directory.EnumerateFiles(Path.Combine(Repository.Root, "components"), "*.yaml", SearchOption.AllDirectories)
            .Select(Repository.Relative)
            .Order(StringComparer.Ordinal),
    ];

    [Theory]
    [MemberData(nameof(ComponentFiles))]
    public void A_resource_file_uses_kinds_and_names_that_Dapr_has(string file)
    {
        foreach (var document in Documents(file))
        {
            var kind = Text(document, "kind");
            Assert.Contains(kind, new[] { "Component", "Subscription", "Resiliency", "HTTPEndpoint", "Configuration" });
            Assert.Equal(kind == "Subscription" ? "dapr.io/v2alpha1" : "dapr.io/v1alpha1", Text(document, "apiVersion"));
            OnlyKeys(file, document, "apiVersion", "kind", "metadata", "spec", "auth", "scopes");
            if (kind == "Component")
            {
                CheckComponent(file, document);
            }
        }
    }

    [Fact]
    public void A_configuration_is_never_in_a_resources_folder()
    {
        var inResources = ComponentFiles().Cast<object[]>().Select(row => (string)row[0])
            .Where(file => file.Count(c => c == '/') > 1)
            .Where(file => Documents(file).Any(document => Text(document, "kind") == "Configuration"));

        Assert.Empty(inResources);
    }

    [Fact]
    public void dapr_yaml_uses_only_the_keys_of_the_multi_app_file()
    {
        string[] shared =
        [
            "configFilePath", "resourcesPaths", "resourcesPath", "appProtocol", "env", "appLogDestination", "daprdLogDestination", "logLevel", "appMaxConcurrency",
            "enableAppHealthCheck", "appHealthCheckPath", "appHealthProbeInterval", "appHealthProbeTimeout", "appHealthThreshold", "enableApiLogging", "enableProfiling",
            "appSSL", "maxBodySize", "readBufferSize", "apiListenAddresses", "placementHostAddress", "schedulerHostAddress", "runtimePath",
        ];
        string[] app =
        [
            .. shared, "appID", "appDirPath", "appPort", "command", "daprHTTPPort", "daprGRPCPort", "daprInternalGRPCPort", "metricsPort", "profilePort",
            "appChannelAddress", "unixDomainSocket", "containerImage", "containerImagePullPolicy", "createService",
        ];
        var run = RunFile();
        OnlyKeys("dapr.yaml", run, "version", "name", "common", "apps");
        OnlyKeys("dapr.yaml", (YamlMappingNode)run["common"], shared);
        foreach (var entry in (YamlSequenceNode)run["apps"])
        {
            OnlyKeys("dapr.yaml", (YamlMappingNode)entry, app);
            Assert.True(Directory.Exists(Path.Combine(Repository.Root, Text((YamlMappingNode)entry, "appDirPath"))), $"no folder {Text((YamlMappingNode)entry, "appDirPath")}");
        }
    }

    private static void CheckComponent(string file, YamlMappingNode document)
    {
        var spec = (YamlMappingNode)document["spec"];
        OnlyKeys(file, spec, "type", "version", "metadata", "ignoreErrors", "initTimeout");
        var type = Text(spec, "type");
        Assert.True(_metadata.TryGetValue(type, out var known), $"{file}: component type {type} is not in this test's table of Dapr components");
        Assert.True(
            !type.EndsWith(".embedded", StringComparison.Ordinal) || file.StartsWith($"components/{type.Replace('.', '/')}/", StringComparison.Ordinal),
            $"{file}: {type} has one folder of its own");
        var allowed = type.StartsWith("pubsub.", StringComparison.Ordinal) ? [.. known, .. _pubsubScoping] : known;
        if (!spec.Children.TryGetValue("metadata", out var metadata) || metadata is not YamlSequenceNode entries)
        {
            return;
        }

        foreach (var entry in entries.Cast<YamlMappingNode>())
        {
            Assert.Contains(Text(entry, "name"), allowed);
            OnlyKeys(file, entry, [.. _always, "value", "secretKeyRef", "envRef"]);
        }
    }

    private static void OnlyKeys(string file, YamlMappingNode node, params string[] allowed)
    {
        foreach (var key in node.Children.Keys.Cast<YamlScalarNode>())
        {
            Assert.True(allowed.Contains(key.Value), $"{file}:{key.Start.Line}: '{key.Value}' is not a key that Dapr has here");
        }
    }

    private static string Text(YamlMappingNode node, string key) => ((YamlScalarNode)node[key]).Value!;

    private static YamlMappingNode RunFile() => Documents("dapr.yaml").Single();

    private static IEnumerable<YamlMappingNode> Documents(string file)
    {
        var stream = new YamlStream();
        using var reader = new StringReader(Repository.Read(file));
        stream.Load(reader);
        return stream.Documents.Select(document => (YamlMappingNode)document.RootNode);
    }
}
