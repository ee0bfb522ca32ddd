@minLength(3)
@maxLength(24)
param name string
param location string
param tags object
param sku string
param videoContainer string
param deploymentContainer string
param videoRetentionDays int
param recordRetentionDays int

@description('The identity that the app runs as.')
param principalId string

@description('The task hub\'s queues and tables are in this account.')
param holdsTaskHub bool

var roles = loadJsonContent('../roles.json')

// The name is fixed in the code, and so are the folders within.
var recordContainer = 'reel-records'

// Blob Data Owner is what the Functions host asks for its own storage; it also allows user delegation keys, which links are signed with.
var assignedRoles = concat(
  [
    roles.storageBlobDataOwner.id
  ],
  holdsTaskHub ? [
    roles.storageQueueDataContributor.id
    roles.storageTableDataContributor.id
  ] : []
)

var videoRules = videoRetentionDays == 0 ? [] : [
  {
    name: 'videos'
    type: 'Lifecycle'
    enabled: true
    definition: {
      filters: {
        blobTypes: [
          'blockBlob'
        ]
        prefixMatch: [
          '${videoContainer}/'
        ]
      }
      actions: {
        baseBlob: {
          delete: {
            daysAfterModificationGreaterThan: videoRetentionDays
          }
        }
      }
    }
  }
]

var recordRules = recordRetentionDays == 0 ? [] : [
  {
    name: 'records'
    type: 'Lifecycle'
    enabled: true
    definition: {
      filters: {
        blobTypes: [
          'blockBlob'
        ]
        prefixMatch: [
          '${recordContainer}/batches/'
          '${recordContainer}/idempotency/'
          '${recordContainer}/missed/'
          '${recordContainer}/resubmissions/'
          '${recordContainer}/submissions/'
          '${recordContainer}/usage/'
        ]
      }
      actions: {
        baseBlob: {
          delete: {
            daysAfterModificationGreaterThan: recordRetentionDays
          }
        }
      }
    }
  }
]

var rules = concat(videoRules, recordRules)

var containerNames = [
  videoContainer
  recordContainer
  deploymentContainer
]

resource account 'Microsoft.Storage/storageAccounts@2024-01-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: {
    name: sku
  }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    publicNetworkAccess: 'Enabled'
    supportsHttpsTrafficOnly: true
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2024-01-01' = {
  parent: account
  name: 'default'
  properties: {
    containerDeleteRetentionPolicy: {
      enabled: true
      days: 7
    }
  }
}

resource containers 'Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01' = [for containerName in containerNames: {
  parent: blobs
  name: containerName
  properties: {
    publicAccess: 'None'
  }
}]

// A policy without rules is refused.
resource lifecycle 'Microsoft.Storage/storageAccounts/managementPolicies@2024-01-01' = if (!empty(rules)) {
  parent: account
  name: 'default'
  properties: {
    policy: {
      rules: rules
    }
  }
  dependsOn: [
    containers
  ]
}

resource assignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for role in assignedRoles: {
  name: guid(account.id, principalId, role)
  scope: account
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
  }
}]

output name string = account.name
output blobEndpoint string = account.properties.primaryEndpoints.blob
