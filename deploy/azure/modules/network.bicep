// A network with a subnet for the nodes (pods have addresses of their own, by the overlay) and one for the database, which is reached from inside alone.
param name string
param location string

resource network 'Microsoft.Network/virtualNetworks@2024-05-01' = {
  name: '${name}-network'
  location: location
  properties: {
    addressSpace: {
      addressPrefixes: ['10.64.0.0/16']
    }
    subnets: [
      {
        name: 'nodes'
        properties: {
          addressPrefix: '10.64.0.0/22'
        }
      }
      {
        name: 'postgres'
        properties: {
          addressPrefix: '10.64.8.0/28'
          delegations: [
            {
              name: 'postgres'
              properties: {
                serviceName: 'Microsoft.DBforPostgreSQL/flexibleServers'
              }
            }
          ]
        }
      }
    ]
  }

  resource postgres 'subnets' existing = {
    name: 'postgres'
  }
}

resource postgresZone 'Microsoft.Network/privateDnsZones@2020-06-01' = {
  name: '${name}.private.postgres.database.azure.com'
  location: 'global'

  resource link 'virtualNetworkLinks' = {
    name: 'network'
    location: 'global'
    properties: {
      registrationEnabled: false
      virtualNetwork: {
        id: network.id
      }
    }
  }
}

output virtualNetworkName string = network.name
output postgresSubnetId string = network::postgres.id
output postgresDnsZoneId string = postgresZone.id
