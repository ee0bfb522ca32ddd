param location string
param tags object

@description('The Application Insights component that the rules ask.')
param componentId string

@description('Empty: nobody is mailed.')
param email string

// The messages are those of the code, and of the Durable Functions extension for a failed orchestration.
var rules = [
  {
    name: 'reel-submit-outcome-unknown'
    title: 'Reel: it is not known whether a render was bought'
    description: 'A paid request was cut off before its answer came. Compare the provider\'s usage page with the request ids in the traces.'
    severity: 1
    query: '''
traces
| where message startswith "Request " and message contains "failed: submit_outcome_unknown"
'''
  }
  {
    name: 'reel-orchestration-failed'
    title: 'Reel: an orchestration failed'
    description: 'Requests end as COMPLETED or FAILED without failing their orchestration: this is a defect, or a change that running requests did not survive.'
    severity: 1
    query: '''
traces
| where message contains "(Orchestrator)' failed with an error"
'''
  }
  {
    name: 'reel-webhook-not-heard'
    title: 'Reel: a webhook was given up'
    description: 'A receiver did not answer 2xx in any attempt, or the delivery broke off. The delivery log of the request tells what it answered.'
    severity: 2
    query: '''
traces
| where (message startswith "Webhook " and message contains " ended Exhausted after ")
    or (message startswith "The webhook endpoint " and message contains " and is paused: ")
    or message startswith "The webhook delivery of "
    or (message startswith "Webhook " and message contains ", which could not be noted for its endpoint: ")
'''
  }
]

resource actionGroup 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'reel-alerts'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'reel'
    enabled: true
    emailReceivers: empty(email) ? [] : [
      {
        name: 'mail'
        emailAddress: email
        useCommonAlertSchema: true
      }
    ]
  }
}

// The window is twice the interval: what arrives late in the logs is still seen, and a fired alert does not fire again for it.
resource alerts 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [for rule in rules: {
  name: rule.name
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: rule.title
    description: rule.description
    severity: rule.severity
    enabled: true
    scopes: [
      componentId
    ]
    evaluationFrequency: 'PT15M'
    windowSize: 'PT30M'
    // A component that has not received anything yet may not know its tables.
    skipQueryValidation: true
    autoMitigate: true
    criteria: {
      allOf: [
        {
          query: rule.query
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 0
          failingPeriods: {
            numberOfEvaluationPeriods: 1
            minFailingPeriodsToAlert: 1
          }
        }
      ]
    }
    actions: {
      actionGroups: [
        actionGroup.id
      ]
    }
  }
}]
