targetScope = 'subscription'

@description('Names everything, together with the subscription and the region: another name is another, separate Reel.')
@minLength(1)
@maxLength(64)
param environmentName string

@description('The region. Empty: the region of the deployment (-l). It must offer Flex Consumption: az functionapp list-flexconsumption-locations.')
param location string = ''

@description('The key of your Segmind account. Empty: what the vault holds stays.')
@secure()
param segmindApiKey string

@description('What webhooks are signed with: whsec_ and base64 of 24 to 64 bytes, or whsk_ and base64 of an Ed25519 private key. Empty: what the vault holds stays.')
@secure()
param webhookSecret string

@description('The callers, name to key; a name has lower-case letters and digits only, since it becomes part of a setting. A caller left out is let in no more. An empty key: what the vault holds stays.')
@secure()
param apiKeys object

@description('What keeps the state of orchestrations. storage: queues and tables of the storage account. scheduler: a Durable Task Scheduler; the deployed host.json has to name it too.')
@allowed([
  'storage'
  'scheduler'
])
param durableBackend string = 'storage'

@description('With the scheduler: Consumption is paid by use, Dedicated by the month.')
@allowed([
  'Consumption'
  'Dedicated'
])
param schedulerSku string = 'Consumption'

@description('With the scheduler: its region, where the app\'s own has none. Empty: the app\'s.')
param schedulerLocation string = ''

@description('How the storage account keeps copies: within one building, across zones, or in a second region as well.')
@allowed([
  'Standard_LRS'
  'Standard_ZRS'
  'Standard_GRS'
  'Standard_GZRS'
])
param storageSku string = 'Standard_LRS'

@description('The container that videos are saved to.')
@minLength(3)
@maxLength(63)
param videoContainer string = 'videos'

@description('Videos are deleted this many days after they were saved. 0: never.')
@minValue(0)
param videoRetentionDays int = 0

@description('Idempotency, submission and resubmission records are deleted after this many days. 0: never. To be no less than Requests__Retention (30 days by default): a key or a resubmission that comes again after its record has gone is a new, paid request.')
@allowed([
  0
  30
  90
  180
  365
])
param recordRetentionDays int = 90

@description('Memory of an instance in MB; CPU goes with it (a quarter of a core, one, two).')
@allowed([
  512
  2048
  4096
])
param instanceMemoryMB int = 2048

@description('The most instances at a time, and so a limit to the bill.')
@minValue(40)
@maxValue(1000)
param maximumInstanceCount int = 40

@description('Instances that never go to sleep, and are paid for all day: objects of name (http, durable or function:<name>) and instanceCount.')
param alwaysReady array = []

@description('Where callers reach the API when that is not the app\'s own address: an absolute https URL.')
param publicUrl string = ''

@description('More settings of the app, such as { Polling__Most: \'00:02:00\' }. A deployment replaces all settings, so one made by hand is lost.')
param extraSettings object = {}

@description('Who is told of alerts. Empty: alerts are seen in the portal only.')
param alertEmail string = ''

@description('How long logs are kept, in days.')
@minValue(30)
@maxValue(730)
param logRetentionDays int = 30

var region = empty(location) ? deployment().location : location
var token = uniqueString(subscription().id, environmentName, region)
var tags = {
  'azd-env-name': environmentName
}
var deploymentContainer = 'deployments'
var taskHubName = 'reel'

resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: 'rg-${environmentName}'
  location: region
  tags: tags
}

module identity 'modules/identity.bicep' = {
  name: 'identity'
  scope: group
  params: {
    name: 'id-reel-${token}'
    location: region
    tags: tags
  }
}

module storage 'modules/storage.bicep' = {
  name: 'storage'
  scope: group
  params: {
    name: 'streel${token}'
    location: region
    tags: tags
    sku: storageSku
    videoContainer: videoContainer
    deploymentContainer: deploymentContainer
    videoRetentionDays: videoRetentionDays
    recordRetentionDays: recordRetentionDays
    principalId: identity.outputs.principalId
    holdsTaskHub: durableBackend == 'storage'
  }
}

module vault 'modules/vault.bicep' = {
  name: 'vault'
  scope: group
  params: {
    name: 'kv-reel-${token}'
    location: region
    tags: tags
    principalId: identity.outputs.principalId
    segmindApiKey: segmindApiKey
    webhookSecret: webhookSecret
    apiKeys: apiKeys
  }
}

module monitoring 'modules/monitoring.bicep' = {
  name: 'monitoring'
  scope: group
  params: {
    workspaceName: 'log-reel-${token}'
    componentName: 'appi-reel-${token}'
    location: region
    tags: tags
    retentionDays: logRetentionDays
    principalId: identity.outputs.principalId
  }
}

module scheduler 'modules/scheduler.bicep' = if (durableBackend == 'scheduler') {
  name: 'scheduler'
  scope: group
  params: {
    name: 'dts-reel-${token}'
    location: empty(schedulerLocation) ? region : schedulerLocation
    tags: tags
    sku: schedulerSku
    taskHubName: taskHubName
    principalId: identity.outputs.principalId
  }
}

module app 'modules/app.bicep' = {
  name: 'app'
  scope: group
  params: {
    name: 'func-reel-${token}'
    planName: 'plan-reel-${token}'
    location: region
    tags: tags
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    storageAccountName: storage.outputs.name
    deploymentContainerUrl: '${storage.outputs.blobEndpoint}${deploymentContainer}'
    videoContainer: videoContainer
    videoRetentionDays: videoRetentionDays
    vaultUri: vault.outputs.uri
    apiKeyNames: map(items(apiKeys), caller => caller.key)
    monitoringConnectionString: monitoring.outputs.connectionString
    schedulerEndpoint: durableBackend == 'scheduler' ? scheduler!.outputs.endpoint : ''
    taskHubName: taskHubName
    publicUrl: publicUrl
    extraSettings: extraSettings
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    alwaysReady: alwaysReady
  }
}

module alerts 'modules/alerts.bicep' = {
  name: 'alerts'
  scope: group
  params: {
    location: region
    tags: tags
    componentId: monitoring.outputs.componentId
    email: alertEmail
  }
}

@description('Where the API is.')
output apiUrl string = app.outputs.apiUrl

@description('The name to deploy code to.')
output functionAppName string = app.outputs.name

@description('The group that holds everything; deleting it deletes everything.')
output resourceGroupName string = group.name

@description('The account with the videos, the records and, unless there is a scheduler, the task hub.')
output storageAccountName string = storage.outputs.name

@description('The container with the videos.')
output videoContainerName string = videoContainer

@description('The vault with the keys.')
output keyVaultName string = vault.outputs.name
