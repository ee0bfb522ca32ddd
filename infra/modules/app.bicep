param name string
param planName string
param location string
param tags object

@description('The resource id of the identity that the app runs as.')
param identityId string
param identityClientId string
param storageAccountName string

@description('The blob container that holds the deployed package, as a URL.')
param deploymentContainerUrl string
param videoContainer string
param videoRetentionDays int

@description('The vault\'s address, with a slash at its end.')
param vaultUri string

@description('The callers whose keys are in the vault.')
param apiKeyNames array
param monitoringConnectionString string

@description('Empty: orchestrations are kept in the storage account.')
param schedulerEndpoint string
param taskHubName string

@description('Empty: the app\'s own address.')
param publicUrl string

@description('More settings of the app, such as Polling__Most; a deployment replaces all that are not named.')
param extraSettings object
param instanceMemoryMB int
param maximumInstanceCount int
param alwaysReady array

var settings = {
  AzureWebJobsStorage__accountName: storageAccountName
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identityClientId
  APPLICATIONINSIGHTS_CONNECTION_STRING: monitoringConnectionString
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
  Segmind__ApiKey: '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/segmind-api-key)'
  Webhooks__Secret: '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/webhook-secret)'
  Videos__Container: videoContainer
  Api__PublicUrl: empty(publicUrl) ? 'https://${app.properties.defaultHostName}' : publicUrl
}

// The app has to know when a video is gone.
var retentionSettings = videoRetentionDays == 0 ? {} : {
  Videos__Retention: '${videoRetentionDays}.00:00:00'
}

var apiKeySettings = toObject(
  apiKeyNames,
  caller => 'Api__Keys__${caller}',
  caller => '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/api-key-${caller})'
)

var schedulerSettings = empty(schedulerEndpoint) ? {} : {
  DURABLE_TASK_SCHEDULER_CONNECTION_STRING: 'Endpoint=${schedulerEndpoint};Authentication=ManagedIdentity;ClientID=${identityClientId}'
  TASKHUB_NAME: taskHubName
}

resource plan 'Microsoft.Web/serverfarms@2024-04-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    name: 'FC1'
    tier: 'FlexConsumption'
  }
  properties: {
    reserved: true
  }
}

resource app 'Microsoft.Web/sites@2024-04-01' = {
  name: name
  location: location
  // azd finds the app that it deploys to by this tag.
  tags: union(tags, {
    'azd-service-name': 'api'
  })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identityId}': {}
    }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    keyVaultReferenceIdentity: identityId
    siteConfig: {
      minTlsVersion: '1.2'
    }
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: deploymentContainerUrl
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      runtime: {
        name: 'dotnet-isolated'
        version: '10.0'
      }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
        alwaysReady: alwaysReady
        triggers: {
          http: {
            perInstanceConcurrency: 250 // streams and long polls are held open, and mostly idle
          }
        }
      }
    }
  }
}

// A resource of its own: one of the settings is the address that the app has once it is there.
resource appSettings 'Microsoft.Web/sites/config@2024-04-01' = {
  parent: app
  name: 'appsettings'
  properties: union(settings, apiKeySettings, retentionSettings, schedulerSettings, extraSettings)
}

output name string = app.name
output apiUrl string = settings.Api__PublicUrl
