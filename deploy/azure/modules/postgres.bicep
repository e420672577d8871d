// PostgreSQL behind the component statestore. Entra ID alone: no password to keep or to rotate.
param name string
param location string
param subnetId string
param privateDnsZoneId string
param highlyAvailable bool
param workloadPrincipalId string
param workloadName string
param administratorObjectId string
param administratorType string
param administratorName string

resource server 'Microsoft.DBforPostgreSQL/flexibleServers@2024-08-01' = {
  name: name
  location: location
  sku: {
    name: 'Standard_D2ds_v5'
    tier: 'GeneralPurpose'
  }
  properties: {
    version: '16'
    authConfig: {
      activeDirectoryAuth: 'Enabled'
      passwordAuth: 'Disabled'
      tenantId: subscription().tenantId
    }
    network: {
      delegatedSubnetResourceId: subnetId
      privateDnsZoneArmResourceId: privateDnsZoneId
      publicNetworkAccess: 'Disabled'
    }
    storage: {
      storageSizeGB: 64
      autoGrow: 'Enabled'
    }
    backup: {
      backupRetentionDays: 14
      geoRedundantBackup: 'Disabled'
    }
    highAvailability: {
      mode: highlyAvailable ? 'ZoneRedundant' : 'Disabled'
    }
  }

  resource database 'databases' = {
    name: 'orders'
    properties: {
      charset: 'UTF8'
      collation: 'en_US.utf8'
    }
  }
}

// One after the other: the server takes one change at a time.
resource workload 'Microsoft.DBforPostgreSQL/flexibleServers/administrators@2024-08-01' = {
  parent: server
  name: workloadPrincipalId
  properties: {
    principalName: workloadName
    principalType: 'ServicePrincipal'
    tenantId: subscription().tenantId
  }
  dependsOn: [
    server::database
  ]
}

resource administrator 'Microsoft.DBforPostgreSQL/flexibleServers/administrators@2024-08-01' = {
  parent: server
  name: administratorObjectId
  properties: {
    principalName: administratorName
    principalType: administratorType
    tenantId: subscription().tenantId
  }
  dependsOn: [
    workload
  ]
}

output host string = server.properties.fullyQualifiedDomainName
