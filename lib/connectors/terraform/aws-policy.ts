import type { Privilege, ResourceRecord, Sensitivity } from '../contract'
import { wordTable } from '../word-table'
import { accountOfArn, parseArn } from './aws-names'
import { canonicalJson, type Fields, isFields, parsed, texts } from './fields'
import { awsPrivilege, matches, parseAction } from './privileges'
import { higher } from './sink'

export interface Statement {
  at: string
  effect: 'allow' | 'deny'
  actions: string[]
  notActions?: string[]
  resources?: string[]
  notResources?: string[]
  principal?: unknown
  notPrincipal?: unknown
  /** Canonical JSON of the condition. */
  condition?: string
}

/** The statements of a policy document, given as JSON text or as an object; what cannot be read is refused one by one. */
export function readStatements(
  document: unknown,
  at: string,
  refuse: (at: string, reason: string) => void,
): Statement[] {
  if (document === undefined || document === null || document === '') return []
  const value = parsed(document)
  const written = isFields(value) ? value.Statement : undefined
  if (written === undefined) {
    refuse(at, isFields(value) ? 'The policy document has no Statement' : 'The policy document is not JSON')
    return []
  }
  return (Array.isArray(written) ? written : [written]).flatMap((entry, index) => {
    const place = `${at}.Statement[${index}]`
    const statement = isFields(entry) ? readStatement(entry, place) : undefined
    if (statement === undefined) refuse(place, 'The statement cannot be read: it needs Effect and Action')
    return statement ?? []
  })
}

function readStatement(entry: Fields, at: string): Statement | undefined {
  const { Effect, Action, NotAction, Resource, NotResource, Principal, NotPrincipal, Condition } = entry
  if (Effect !== 'Allow' && Effect !== 'Deny') return undefined
  if (Action === undefined && NotAction === undefined) return undefined
  return {
    at,
    effect: Effect === 'Allow' ? 'allow' : 'deny',
    actions: Action === undefined ? ['*'] : texts(Action),
    notActions: Action === undefined ? texts(NotAction) : undefined,
    resources: Resource === undefined ? undefined : texts(Resource),
    notResources: NotResource === undefined ? undefined : texts(NotResource),
    principal: Principal,
    notPrincipal: NotPrincipal,
    condition: isFields(Condition) && Object.keys(Condition).length > 0 ? canonicalJson(Condition) : undefined,
  }
}

/** What one statement does to one resource. */
export interface Grant {
  resource: ResourceRecord
  scopes: string[]
  privilege?: Privilege
  notEvaluable?: string
}

const isEverything = (pattern: string) => /^\*+$/.test(pattern)

/** The grants of a statement, one for each resource. `*` is the whole service of each action; an ARN takes its own service's. */
export function grantsOf(statement: Statement, account: string): Grant[] {
  const notes: string[] = []
  if (statement.notActions !== undefined)
    notes.push(`NotAction: every action except ${enumerate(statement.notActions)}`)
  if (statement.notResources !== undefined)
    notes.push(`NotResource: every resource except ${enumerate(statement.notResources)}`)
  const odd = statement.actions.filter((action) => parseAction(action) === undefined)
  if (odd.length > 0) notes.push(`not an action of AWS: ${enumerate(odd)}`)
  const patterns = statement.resources ?? ['*']
  const grants = patterns.flatMap((pattern) => {
    if (isEverything(pattern)) return wholeGrants(statement.actions, account)
    return arnGrants(pattern, statement.actions, patterns, account)
  })
  return grants.map((grant) => {
    const all = [...notes, ...(grant.notEvaluable === undefined ? [] : [grant.notEvaluable])]
    return { ...grant, notEvaluable: all.length === 0 ? undefined : all.join('; ') }
  })
}

function enumerate(names: string[]): string {
  const shown = names.slice(0, 20).join(', ')
  return names.length > 20 ? `${shown} and ${names.length - 20} more` : shown
}

const serviceOf = (action: string) => parseAction(action)?.service ?? '*'
const strongest = (actions: string[]) => actions.map(awsPrivilege).reduce<Privilege | undefined>(higher, undefined)

function wholeGrants(actions: string[], account: string): Grant[] {
  const groups = new Map<string, string[]>()
  for (const action of actions) {
    const service = serviceOf(action)
    const key = /[*?]/.test(service) ? '*' : service
    groups.set(key, [...(groups.get(key) ?? []), action])
  }
  return [...groups].map(([service, scopes]) => ({
    resource: service === '*' ? accountResource(account) : serviceResource(service, account),
    scopes,
    privilege: strongest(scopes),
  }))
}

/** Actions that are used on another service's resources by design. */
const crossing: Record<string, string[]> = wordTable({ sts: ['iam'], ssm: ['ec2'], 'ec2-instance-connect': ['ec2'] })

function belongs(action: string, service: string): boolean {
  const own = serviceOf(action)
  return service === '*' || matches(own, service) || (crossing[own]?.includes(service) ?? false)
}

function arnGrants(pattern: string, actions: string[], patterns: string[], account: string): Grant[] {
  const arn = parseArn(pattern)
  const resource = resourceOf(pattern, account)
  if (arn === undefined || resource === undefined) return []
  const services = patterns.flatMap((each) => parseArn(each)?.service ?? [])
  const isForeign = (action: string) =>
    !patterns.some(isEverything) && !services.some((service) => belongs(action, service))
  const scopes = actions.filter((action) => belongs(action, arn.service) || isForeign(action))
  if (scopes.length === 0) return []
  const notes = scopes.some(isForeign) ? [`actions of another service than ${arn.service}`] : []
  const variable = /\$\{[^}]*\}/.exec(pattern)?.[0]
  if (variable !== undefined) notes.push(`policy variable ${variable}`)
  const within = (action: string) => (serviceOf(action) === '*' && arn.service !== '*' ? `${arn.service}:*` : action)
  return [
    {
      resource,
      scopes,
      privilege: strongest(scopes.map(within)),
      notEvaluable: notes.length === 0 ? undefined : notes.join('; '),
    },
  ]
}

const kinds: Record<string, string> = wordTable({
  s3: 'bucket',
  dynamodb: 'database',
  rds: 'database',
  'rds-db': 'database',
  redshift: 'database',
  elasticache: 'database',
  es: 'database',
  athena: 'database',
  glue: 'database',
  secretsmanager: 'secret_store',
  ssm: 'secret_store',
  kms: 'key',
  acm: 'certificate_store',
  iam: 'identity_system',
  sts: 'identity_system',
  sso: 'identity_system',
  organizations: 'identity_system',
  sqs: 'queue',
  sns: 'queue',
  kinesis: 'queue',
  events: 'queue',
  ecs: 'cluster',
  eks: 'cluster',
  ecr: 'repository',
  codecommit: 'repository',
  codeartifact: 'repository',
  ec2: 'compute',
  lambda: 'function',
  logs: 'log',
  cloudtrail: 'log',
})
/** Resource part of an ARN that means "all of them". */
const wholes: Record<string, RegExp> = wordTable({
  s3: /^\*+(\/\*+)?$/,
  dynamodb: /^(table\/)?\*(\/.*)?$/,
  secretsmanager: /^(secret:)?\*+$/,
  kms: /^(key\/)?\*$/,
  sns: /^\*(:\*)?$/,
  lambda: /^(function:)?\*(:\*)?$/,
  logs: /^(log-group:)?\*(:.*)?$/,
  ecr: /^(repository\/)?\*$/,
})
/** Where the thing that is owned ends and what is inside of it begins. */
const folds: Record<string, RegExp> = wordTable({
  s3: /^([^/]+)\/.*$/,
  dynamodb: /^(table\/[^/]+)\/.*$/,
  lambda: /^(function:[^:]+):.*$/,
  logs: /^(log-group:[^:]+):.*$/,
  apigateway: /^(\/[^/]+\/[^/]+)\/.*$/,
  'execute-api': /^([^/]+)\/.*$/,
})

/** The account as a resource: what `*` on `*` reaches. */
export function accountResource(account: string): ResourceRecord {
  return {
    type: 'resource',
    externalId: `aws:${account}`,
    kind: 'account',
    name: `AWS account ${account}`,
    attributes: { account },
  }
}

function serviceResource(service: string, account: string): ResourceRecord {
  return {
    type: 'resource',
    externalId: `aws:${account}:${service}:*`,
    kind: kinds[service] ?? 'service',
    name: `All ${service} in ${account}`,
    sensitivity: service === 'secretsmanager' || service === 'kms' ? 'confidential' : undefined,
    attributes: { service, account, pattern: '*' },
  }
}

/** The resource that an ARN or a pattern of one names, as the AWS files' importer names it: the bucket for its objects. */
export function resourceOf(pattern: string, account: string): ResourceRecord | undefined {
  const arn = parseArn(pattern)
  if (arn === undefined) return undefined
  if (arn.service === '*') return accountResource(account)
  const isHome = arn.account === '' || arn.account === '*' || arn.account === account
  const isWhole = /^[*:/]+$/.test(arn.resource) || (wholes[arn.service]?.test(arn.resource) ?? false)
  if (isHome && isWhole && (arn.region === '' || arn.region === '*')) return serviceResource(arn.service, account)
  const inner = folds[arn.service]
  const resource = inner === undefined ? arn.resource : arn.resource.replace(inner, '$1')
  const externalId = ['arn', arn.partition, arn.service, arn.region, arn.account, resource].join(':')
  const own = accountOfArn(pattern)
  return {
    type: 'resource',
    externalId,
    kind: arn.service === 'ssm' && !resource.startsWith('parameter') ? 'service' : (kinds[arn.service] ?? 'service'),
    name: resource || externalId,
    sensitivity: sensitivityOf(arn.service, resource),
    attributes: {
      service: arn.service,
      ...(own === undefined ? {} : { account: own }),
      ...(/[*?]/.test(externalId) ? { pattern: externalId } : {}),
      ...(arn.region === '' || arn.region === '*' ? {} : { region: arn.region }),
    },
  }
}

function sensitivityOf(service: string, resource: string): Sensitivity | undefined {
  const words = resource.toLowerCase().split(/[^a-z0-9]+/)
  if (service === 'secretsmanager') words.shift()
  if (words.includes('restricted')) return 'restricted'
  if (words.some((word) => /^(?:confidential|pii|phi|pci|secrets?)$/.test(word))) return 'confidential'
  return service === 'secretsmanager' || service === 'kms' ? 'confidential' : undefined
}
