// Everything one school board needs in Azure, in one region of the EU: the bot, its database, its secrets and its registration.
// One deployment for each tenant. Values come from azure.parameters.json; secrets are made here or passed on, and live in the key vault.
targetScope = 'resourceGroup'

@description('Begin of all names; 3 to 12 small letters or digits.')
@minLength(3)
@maxLength(12)
param name string = 'klankbord'

@description('A region of the EU, so that nothing leaves it.')
@allowed(['westeurope', 'northeurope', 'germanywestcentral', 'francecentral', 'swedencentral', 'italynorth', 'polandcentral', 'spaincentral'])
param location string = 'westeurope'

@description('UserAssignedMsi: no password anywhere (recommended). SingleTenant: an app registration of your own.')
@allowed(['UserAssignedMsi', 'SingleTenant'])
param botType string = 'UserAssignedMsi'

@description('SingleTenant only: id of the app registration.')
param appId string = ''

@secure()
@description('SingleTenant only: secret of the app registration.')
param appPassword string = ''

@secure()
@description('The key that seals what teachers say: 32 random bytes in base64. Keep a copy outside Azure.')
param sealingKey string

@secure()
@description('Password of the database.')
param databasePassword string

@description('Size of the machine the bot runs on; with alwaysOn, so at least B1.')
param planSize string = 'B1'

@description('Number of replicas of the bot.')
@minValue(1)
@maxValue(10)
param replicas int = 2

@description('Name that people see in Teams.')
param displayName string = 'Klankbord'

var suffix = uniqueString(resourceGroup().id)
var unique = '${name}-${suffix}'
// Key vaults have names of at most 24 characters.
var vaultName = take('${name}kv${suffix}', 24)
var isManaged = botType == 'UserAssignedMsi'

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: '${unique}-id'
  location: location
}

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: vaultName
  location: location
  properties: {
    tenantId: subscription().tenantId
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
    enableSoftDelete: true
    // Without the sealing key nothing can be read any more: nobody may delete it for good by accident.
    enablePurgeProtection: true
  }
}

resource mayReadSecrets 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, identity.id, 'secrets')
  scope: vault
  properties: {
    // Key Vault Secrets User
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

resource sealingKeySecret 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = {
  parent: vault
  name: 'sealing-key'
  properties: { value: sealingKey }
}

resource databaseUrlSecret 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = {
  parent: vault
  name: 'database-url'
  properties: {
    value: 'postgres://klankbord:${uriComponent(databasePassword)}@${database.properties.fullyQualifiedDomainName}:5432/klankbord?sslmode=verify-full'
  }
}

resource appPasswordSecret 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = if (!isManaged) {
  parent: vault
  name: 'app-password'
  properties: { value: appPassword }
}

resource database 'Microsoft.DBforPostgreSQL/flexibleServers@2024-08-01' = {
  name: '${unique}-db'
  location: location
  sku: { name: 'Standard_B1ms', tier: 'Burstable' }
  properties: {
    version: '16'
    administratorLogin: 'klankbord'
    administratorLoginPassword: databasePassword
    storage: { storageSizeGB: 32, autoGrow: 'Enabled' }
    // Whoever erased their data is still in older backups: keep these as short as the board can live with.
    backup: { backupRetentionDays: 7, geoRedundantBackup: 'Disabled' }
  }
}

resource databaseItself 'Microsoft.DBforPostgreSQL/flexibleServers/databases@2024-08-01' = {
  parent: database
  name: 'klankbord'
  properties: { charset: 'UTF8', collation: 'en_US.utf8' }
}

// Services inside Azure only; for a private network of your own, replace this rule by a delegated subnet.
resource insideAzure 'Microsoft.DBforPostgreSQL/flexibleServers/firewallRules@2024-08-01' = {
  parent: database
  name: 'azure-services'
  properties: { startIpAddress: '0.0.0.0', endIpAddress: '0.0.0.0' }
}

resource plan 'Microsoft.Web/serverfarms@2023-12-01' = {
  name: '${unique}-plan'
  location: location
  kind: 'linux'
  sku: { name: planSize, capacity: replicas }
  properties: { reserved: true }
}

var secretOf = '@Microsoft.KeyVault(VaultName=${vaultName};SecretName='

resource app 'Microsoft.Web/sites@2023-12-01' = {
  name: unique
  location: location
  kind: 'app,linux'
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${identity.id}': {} } }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    clientAffinityEnabled: false
    keyVaultReferenceIdentity: identity.id
    siteConfig: {
      linuxFxVersion: 'NODE|24-lts'
      appCommandLine: 'node bot/main.ts'
      alwaysOn: true
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      ftpsState: 'Disabled'
      http20Enabled: true
      healthCheckPath: '/readyz'
      appSettings: [
        { name: 'KLANKBORD_MODE', value: 'teams' }
        { name: 'HOST', value: '0.0.0.0' }
        { name: 'PORT', value: '8080' }
        { name: 'SCHOOL_FILE', value: 'school.yaml' }
        { name: 'DATABASE_URL', value: '${secretOf}database-url)' }
        { name: 'KLANKBORD_KEY', value: '${secretOf}sealing-key)' }
        { name: 'MicrosoftAppType', value: botType }
        { name: 'MicrosoftAppId', value: isManaged ? identity.properties.clientId : appId }
        { name: 'MicrosoftAppTenantId', value: subscription().tenantId }
        // Empty counts as not set: a managed identity has no password.
        { name: 'MicrosoftAppPassword', value: isManaged ? '' : '${secretOf}app-password)' }
        { name: 'SCM_DO_BUILD_DURING_DEPLOYMENT', value: 'true' }
      ]
    }
  }
  dependsOn: [mayReadSecrets, sealingKeySecret, databaseUrlSecret, appPasswordSecret, databaseItself, insideAzure]
}

resource noBasicPublishing 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2023-12-01' = [
  for kind in ['ftp', 'scm']: {
    parent: app
    name: kind
    properties: { allow: false }
  }
]

module registration 'botRegistration/azurebot.bicep' = {
  name: 'registration'
  params: {
    name: '${unique}-bot'
    displayName: displayName
    endpoint: 'https://${app.properties.defaultHostName}/api/messages'
    botType: botType
    appId: isManaged ? identity.properties.clientId : appId
    identityId: isManaged ? identity.id : ''
  }
}

output BOT_ID string = isManaged ? identity.properties.clientId : appId
output BOT_DOMAIN string = app.properties.defaultHostName
output BOT_AZURE_APP_SERVICE_RESOURCE_ID string = app.id
output KEY_VAULT_NAME string = vault.name
