// Event Hubs by its Kafka surface, with an event hub for each topic of the platform. Dapr's Kafka component logs in by a connection string, which goes straight into the vault.
param name string
param location string
param vaultName string

var topics = loadJsonContent('../../../components/streams.json').topics

resource hubs 'Microsoft.EventHub/namespaces@2024-01-01' = {
  name: name
  location: location
  sku: {
    // Standard takes ten event hubs; the platform has fifteen topics.
    name: 'Premium'
    tier: 'Premium'
    capacity: 1
  }
  properties: {
    kafkaEnabled: true
    minimumTlsVersion: '1.2'
  }
}

@batchSize(1)
resource hub 'Microsoft.EventHub/namespaces/eventhubs@2024-01-01' = [for topic in topics: {
  parent: hubs
  name: topic
  properties: {
    partitionCount: 8
    messageRetentionInDays: 7
  }
}]

resource platform 'Microsoft.EventHub/namespaces/authorizationRules@2024-01-01' = {
  parent: hubs
  name: 'platform'
  properties: {
    rights: ['Listen', 'Send']
  }
}

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' existing = {
  name: vaultName
}

resource connectionString 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = {
  parent: vault
  name: 'eventhubs-connection-string'
  properties: {
    value: platform.listKeys().primaryConnectionString
  }
}
