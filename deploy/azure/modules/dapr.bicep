// Dapr by the cluster extension. It trails open source: docs/adr/0009 says when to take Helm instead.
param clusterName string

@description('Empty: the newest of the stable train, and Azure upgrades minor versions.')
param version string

@description('Cannot be changed once the extension is there.')
param highlyAvailable bool

resource cluster 'Microsoft.ContainerService/managedClusters@2024-09-01' existing = {
  name: clusterName
}

resource dapr 'Microsoft.KubernetesConfiguration/extensions@2023-05-01' = {
  name: 'dapr'
  scope: cluster
  identity: {
    type: 'SystemAssigned'
  }
  properties: {
    extensionType: 'microsoft.dapr'
    releaseTrain: 'stable'
    autoUpgradeMinorVersion: empty(version)
    version: empty(version) ? null : version
    scope: {
      cluster: {
        releaseNamespace: 'dapr-system'
      }
    }
    configurationSettings: {
      'global.clusterType': 'managedclusters'
      'global.ha.enabled': highlyAvailable ? 'true' : 'false'
    }
    configurationProtectedSettings: {}
  }
}
