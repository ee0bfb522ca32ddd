@minLength(3)
@maxLength(24)
param name string
param location string
param tags object

@description('The identity that the app runs as.')
param principalId string

@secure()
param segmindApiKey string

@secure()
param webhookSecret string

@secure()
param apiKeys object

var roles = loadJsonContent('../roles.json')

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    tenantId: subscription().tenantId
    sku: {
      family: 'A'
      name: 'standard'
    }
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: 7
    enablePurgeProtection: true
    publicNetworkAccess: 'Enabled'
  }
}

resource segmindSecret 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = if (!empty(segmindApiKey)) {
  parent: vault
  name: 'segmind-api-key'
  properties: {
    value: segmindApiKey
  }
}

resource webhookSecretEntry 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = if (!empty(webhookSecret)) {
  parent: vault
  name: 'webhook-secret'
  properties: {
    value: webhookSecret
  }
}

resource apiKeySecrets 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = [for caller in items(apiKeys): if (!empty(caller.value)) {
  parent: vault
  name: 'api-key-${caller.key}'
  properties: {
    value: caller.value
  }
}]

resource assignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, principalId, roles.keyVaultSecretsUser.id)
  scope: vault
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.keyVaultSecretsUser.id)
  }
}

output name string = vault.name
output uri string = vault.properties.vaultUri
