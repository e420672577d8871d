// One identity for the services, which they take by their service accounts: no password anywhere. KEDA takes it too, to read how long the queues are.
param name string
param location string
param issuer string
param namespace string
param serviceAccounts array

var subjects = concat(
  map(serviceAccounts, account => {
    name: account
    subject: 'system:serviceaccount:${namespace}:${account}'
  }),
  [
    {
      name: 'keda-operator'
      subject: 'system:serviceaccount:kube-system:keda-operator'
    }
  ]
)

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: name
  location: location
}

// One after the other: Azure refuses two at a time on one identity. Twenty is the most that an identity takes.
@batchSize(1)
resource federated 'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials@2023-01-31' = [for item in subjects: {
  parent: identity
  name: item.name
  properties: {
    issuer: issuer
    subject: item.subject
    audiences: ['api://AzureADTokenExchange']
  }
}]

output name string = identity.name
output clientId string = identity.properties.clientId
output principalId string = identity.properties.principalId
