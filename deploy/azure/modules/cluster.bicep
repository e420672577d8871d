// AKS: workload identity instead of passwords, Azure CNI overlay with Cilium (it enforces NetworkPolicy), KEDA, managed Prometheus; people come in by Entra ID alone.
param name string
param location string
param virtualNetworkName string
param kubernetesVersion string
param nodeSize string
param minNodes int
param maxNodes int
param zones array
param administratorObjectId string
param administratorType string

var networkContributor = '4d97b98b-1d4f-4787-a291-c67834d212e7'
var clusterAdministrator = 'b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b'

resource network 'Microsoft.Network/virtualNetworks@2024-05-01' existing = {
  name: virtualNetworkName

  resource nodes 'subnets' existing = {
    name: 'nodes'
  }
}

resource controlPlane 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: '${name}-control-plane'
  location: location
}

// The cluster joins its nodes to the subnet and puts its load balancer there.
resource joinsNetwork 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(network::nodes.id, controlPlane.id, networkContributor)
  scope: network::nodes
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', networkContributor)
    principalId: controlPlane.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

resource cluster 'Microsoft.ContainerService/managedClusters@2024-09-01' = {
  name: name
  location: location
  sku: {
    name: 'Base'
    tier: 'Standard'
  }
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${controlPlane.id}': {}
    }
  }
  properties: {
    dnsPrefix: name
    kubernetesVersion: empty(kubernetesVersion) ? null : kubernetesVersion
    autoUpgradeProfile: {
      upgradeChannel: 'patch'
      nodeOSUpgradeChannel: 'NodeImage'
    }
    enableRBAC: true
    aadProfile: {
      managed: true
      enableAzureRBAC: true
    }
    disableLocalAccounts: true
    oidcIssuerProfile: {
      enabled: true
    }
    securityProfile: {
      workloadIdentity: {
        enabled: true
      }
    }
    workloadAutoScalerProfile: {
      keda: {
        enabled: true
      }
    }
    azureMonitorProfile: {
      metrics: {
        enabled: true
      }
    }
    networkProfile: {
      networkPlugin: 'azure'
      networkPluginMode: 'overlay'
      networkDataplane: 'cilium'
      networkPolicy: 'cilium'
      loadBalancerSku: 'standard'
    }
    agentPoolProfiles: [
      {
        name: 'nodes'
        mode: 'System'
        osType: 'Linux'
        osSKU: 'AzureLinux'
        vmSize: nodeSize
        vnetSubnetID: network::nodes.id
        availabilityZones: zones
        enableAutoScaling: true
        count: minNodes
        minCount: minNodes
        maxCount: maxNodes
        upgradeSettings: {
          maxSurge: '33%'
        }
      }
    ]
  }
  dependsOn: [
    joinsNetwork
  ]
}

resource administers 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(cluster.id, administratorObjectId, clusterAdministrator)
  scope: cluster
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', clusterAdministrator)
    principalId: administratorObjectId
    principalType: administratorType
  }
}

output name string = cluster.name
output issuer string = cluster.properties.oidcIssuerProfile.issuerURL
output kubeletObjectId string = cluster.properties.identityProfile.kubeletidentity.objectId
