namespace Deployment.Tests.Resources;

/// <summary>The component types that the repository's YAML uses, and the metadata that each of them has in Dapr 1.18's component reference.</summary>
internal static class ComponentTypes
{
    private static readonly string[] s_redisConnection =
    [
        "redisHost", "redisPort", "redisUsername", "redisPassword", "redisType", "redisDB", "enableTLS", "insecureSkipTLSVerify", "clientCert", "clientKey", "failover",
        "sentinelMasterName", "sentinelUsername", "sentinelPassword", "redisMaxRetries", "redisMinRetryInterval", "redisMaxRetryInterval", "dialTimeout", "readTimeout",
        "writeTimeout", "poolSize", "poolTimeout", "maxConnAge", "minIdleConns", "idleCheckFrequency", "idleTimeout", "useEntraID",
    ];

    private static readonly Dictionary<string, string[]> s_metadata = new()
    {
        ["state.sqlite"] = ["connectionString", "timeout", "busyTimeout", "disableWAL", "tableName", "metadataTableName", "cleanupInterval", "keyPrefix", "actorStateStore"],
        ["state.postgresql"] =
        [
            "connectionString", "host", "hostaddr", "port", "user", "password", "database", "sslRootCert", "timeout", "tableName", "tablePrefix", "metadataTableName",
            "cleanupInterval", "maxConns", "connectionMaxIdleTime", "queryExecMode", "useAzureAD", "azureTenantId", "azureClientId", "azureClientSecret", "useAWSIAM", "keyPrefix",
            "actorStateStore",
        ],
        ["state.in-memory"] = ["keyPrefix", "actorStateStore"],
        ["state.redis"] = [.. s_redisConnection, "ttlInSeconds", "queryIndexes", "keyPrefix", "actorStateStore"],
        ["lock.redis"] = [.. s_redisConnection, "keyPrefix"],
        ["configuration.redis"] = s_redisConnection,
        ["configuration.postgresql"] =
        [
            "connectionString", "host", "hostaddr", "port", "user", "password", "database", "sslRootCert", "timeout", "table", "notifyChannel", "maxConns", "connectionMaxIdleTime",
            "queryExecMode", "useAzureAD", "useAWSIAM",
        ],
        ["pubsub.redis"] =
        [
            .. s_redisConnection, "consumerID", "redeliverInterval", "processingTimeout", "queueDepth", "concurrency", "maxLenApprox", "streamTTL",
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
            "concurrency", "concurrencyMode",
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
        ["secretstores.kubernetes"] = ["defaultNamespace", "kubeconfigPath"],
        ["secretstores.azure.keyvault"] = ["vaultName", "azureEnvironment", "azureTenantId", "azureClientId", "azureClientSecret", "azureCertificate", "azureCertificateFile"],
        ["crypto.dapr.localstorage"] = ["path"],
        ["crypto.dapr.jwks"] = ["jwks", "requestTimeout", "minRefreshInterval"],
        ["configuration.embedded"] = ["path", "pollInterval"],
        ["lock.embedded"] = ["keyPrefix"],
        ["pubsub.embedded"] = ["path", "concurrency", "redeliverInterval", "maxDeliver", "consumerID"],
    };

    private static readonly string[] s_pubsubScoping = ["allowedTopics", "protectedTopics", "publishingScopes", "subscriptionScopes"];

    /// <summary>True for a type that is in this table.</summary>
    public static bool Has(string type) => s_metadata.ContainsKey(type);

    /// <summary>Metadata names of a type, those that every type of its block has included.</summary>
    public static IReadOnlyList<string> MetadataOf(string type) =>
        type.StartsWith("pubsub.", StringComparison.Ordinal) ? [.. s_metadata[type], .. s_pubsubScoping] : s_metadata[type];
}
