// Service Bus topics, made by Dapr on first use: the sidecars' identity owns the namespace's data, and there is no key.
param name string
param location string
param workloadPrincipalId string

var dataOwner = '090c5cfd-751d-490a-894a-3ce6f1109419'

resource bus 'Microsoft.ServiceBus/namespaces@2022-10-01-preview' = {
  name: name
  location: location
  sku: {
    name: 'Standard'
    tier: 'Standard'
  }
  properties: {
    disableLocalAuth: true
    minimumTlsVersion: '1.2'
  }
}

resource owns 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(bus.id, workloadPrincipalId, dataOwner)
  scope: bus
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', dataOwner)
    principalId: workloadPrincipalId
    principalType: 'ServicePrincipal'
  }
}
