// The platform's Azure resources, from an empty resource group. `deploy/aks up` deploys it and fills k8s/overlays/aks/settings.env with its outputs.
targetScope = 'resourceGroup'

@description('Front part of every name.')
@minLength(3)
@maxLength(12)
param name string = 'orders'

param location string = resourceGroup().location

@description('Object id of who deploys: may write secrets, look after the database and the dashboards, and apply manifests.')
param administratorObjectId string

@allowed(['User', 'Group', 'ServicePrincipal'])
param administratorType string = 'User'

@description('Name of who deploys, as Entra ID knows it; PostgreSQL calls its administrator by it.')
param administratorName string

@description('False where Dapr is installed by Helm.')
param deployDaprExtension bool = true

@description('A version of the extension, such as 1.16.4-msft.11; empty for the newest of the train, which Azure then keeps up to date.')
param daprExtensionVersion string = ''

@description('The broker behind the component pubsub: Service Bus topics, or Event Hubs by its Kafka surface.')
@allowed(['servicebus', 'eventhubs'])
param broker string = 'servicebus'

@description('The namespace of the overlay: identities are bound to service accounts in it.')
param namespace string = 'orders'

@description('The apps of dapr.yaml that have a sidecar in the cluster; each is a service account of its own.')
param appIds array = [
  'baskets'
  'catalog'
  'gateway'
  'inventory'
  'loyalty'
  'notifications'
  'order-saga'
  'ordering'
  'payments'
  'shipping'
]

@description('Empty for the default of Azure.')
param kubernetesVersion string = ''

param nodeSize string = 'Standard_D4ds_v5'
param minNodes int = 3
param maxNodes int = 6

@description('Three zones and a standby of the database. Off it costs less, and a zone takes the platform with it.')
param highlyAvailable bool = true

@description('A deleted vault cannot be purged for ninety days. Off where the resource group comes and goes: its next vault has the same name.')
param purgeProtection bool = false

var suffix = uniqueString(resourceGroup().id)
var globalName = '${name}-${take(suffix, 8)}'

module network 'modules/network.bicep' = {
  name: 'network'
  params: {
    name: name
    location: location
  }
}

module cluster 'modules/cluster.bicep' = {
  name: 'cluster'
  params: {
    name: name
    location: location
    virtualNetworkName: network.outputs.virtualNetworkName
    kubernetesVersion: kubernetesVersion
    nodeSize: nodeSize
    minNodes: minNodes
    maxNodes: maxNodes
    zones: highlyAvailable ? ['1', '2', '3'] : []
    administratorObjectId: administratorObjectId
    administratorType: administratorType
  }
}

module dapr 'modules/dapr.bicep' = if (deployDaprExtension) {
  name: 'dapr'
  params: {
    clusterName: cluster.outputs.name
    version: daprExtensionVersion
    highlyAvailable: highlyAvailable
  }
}

module identity 'modules/identity.bicep' = {
  name: 'identity'
  params: {
    // The database knows the services by this name: k8s/overlays/aks/statestore.yaml.
    name: 'orders-workload'
    location: location
    issuer: cluster.outputs.issuer
    namespace: namespace
    serviceAccounts: appIds
  }
}

module registry 'modules/registry.bicep' = {
  name: 'registry'
  params: {
    name: replace(globalName, '-', '')
    location: location
    kubeletObjectId: cluster.outputs.kubeletObjectId
  }
}

module vault 'modules/vault.bicep' = {
  name: 'vault'
  params: {
    name: globalName
    location: location
    purgeProtection: purgeProtection
    readerPrincipalId: identity.outputs.principalId
    administratorObjectId: administratorObjectId
    administratorType: administratorType
  }
}

module servicebus 'modules/servicebus.bicep' = if (broker == 'servicebus') {
  name: 'servicebus'
  params: {
    name: globalName
    location: location
    workloadPrincipalId: identity.outputs.principalId
  }
}

module eventhubs 'modules/eventhubs.bicep' = if (broker == 'eventhubs') {
  name: 'eventhubs'
  params: {
    name: globalName
    location: location
    vaultName: vault.outputs.name
  }
}

module postgres 'modules/postgres.bicep' = {
  name: 'postgres'
  params: {
    name: globalName
    location: location
    subnetId: network.outputs.postgresSubnetId
    privateDnsZoneId: network.outputs.postgresDnsZoneId
    highlyAvailable: highlyAvailable
    workloadPrincipalId: identity.outputs.principalId
    workloadName: identity.outputs.name
    administratorObjectId: administratorObjectId
    administratorType: administratorType
    administratorName: administratorName
  }
}

module monitoring 'modules/monitoring.bicep' = {
  name: 'monitoring'
  params: {
    name: name
    location: location
    grafanaName: take('${name}-${suffix}', 23)
    clusterName: cluster.outputs.name
    administratorObjectId: administratorObjectId
    administratorType: administratorType
  }
}

// What k8s/overlays/aks/settings.env holds, key by key; deploy/aks writes them there under these names.
output AZURE_TENANT_ID string = subscription().tenantId
output KEY_VAULT_NAME string = vault.outputs.name
output SERVICE_BUS_NAMESPACE string = '${globalName}.servicebus.windows.net'
output POSTGRES_HOST string = postgres.outputs.host
output WORKLOAD_CLIENT_ID string = identity.outputs.clientId
output GATEWAY_HOST string = '${globalName}.${location}.cloudapp.azure.com'
output REGISTRY string = registry.outputs.loginServer

output CLUSTER_NAME string = cluster.outputs.name
output GRAFANA_URL string = monitoring.outputs.grafanaUrl
