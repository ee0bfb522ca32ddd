using 'main.bicep'

// azd provides AZURE_ENV_NAME and AZURE_LOCATION; with az they may be left unset.
param environmentName = readEnvironmentVariable('AZURE_ENV_NAME', 'reel')
param location = readEnvironmentVariable('AZURE_LOCATION', '')

// No defaults: a deployment that lacks them stops before it begins, with the variable's name.
param segmindApiKey = readEnvironmentVariable('SEGMIND_API_KEY')
param webhookSecret = readEnvironmentVariable('REEL_WEBHOOK_SECRET')
param apiKeys = json(readEnvironmentVariable('REEL_API_KEYS'))

param durableBackend = readEnvironmentVariable('REEL_DURABLE_BACKEND', 'storage')
param alertEmail = readEnvironmentVariable('REEL_ALERT_EMAIL', '')
