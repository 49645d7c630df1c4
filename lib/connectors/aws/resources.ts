import type { ResourceRecord, Sensitivity } from '../contract'
import { wordTable } from '../word-table'
import { type Arn, accountOf, parseArn } from './arn'
import { environmentOf } from './tags'

/** Display name and kind of the services that are met most; any other is shown by its prefix, kind `service`. */
const services: Record<string, [name: string, kind: string]> = wordTable({
  s3: ['S3', 'bucket'],
  dynamodb: ['DynamoDB', 'database'],
  rds: ['RDS', 'database'],
  'rds-db': ['RDS logins', 'database'],
  redshift: ['Redshift', 'database'],
  elasticache: ['ElastiCache', 'database'],
  es: ['OpenSearch', 'database'],
  athena: ['Athena', 'database'],
  glue: ['Glue', 'database'],
  secretsmanager: ['Secrets Manager', 'secret_store'],
  ssm: ['Systems Manager', 'secret_store'],
  kms: ['KMS', 'key'],
  acm: ['Certificate Manager', 'certificate_store'],
  'acm-pca': ['Private CA', 'certificate_store'],
  iam: ['IAM', 'identity_system'],
  sts: ['STS', 'identity_system'],
  sso: ['IAM Identity Center', 'identity_system'],
  organizations: ['Organizations', 'identity_system'],
  'cognito-idp': ['Cognito', 'identity_system'],
  sqs: ['SQS', 'queue'],
  sns: ['SNS', 'queue'],
  kinesis: ['Kinesis', 'queue'],
  events: ['EventBridge', 'queue'],
  ecs: ['ECS', 'cluster'],
  eks: ['EKS', 'cluster'],
  ecr: ['ECR', 'repository'],
  codecommit: ['CodeCommit', 'repository'],
  codeartifact: ['CodeArtifact', 'repository'],
  ec2: ['EC2', 'compute'],
  lambda: ['Lambda', 'function'],
  logs: ['CloudWatch Logs', 'log'],
  cloudtrail: ['CloudTrail', 'log'],
})
/** Resource part of the ARN that means "all of them" in services with one type of resource worth telling apart. */
const wholeServices: Record<string, RegExp> = wordTable({
  s3: /^\*+(\/\*+)?$/,
  dynamodb: /^(table\/)?\*(\/.*)?$/,
  secretsmanager: /^(secret:)?\*+$/,
  kms: /^(key\/)?\*$/,
  sqs: /^\*$/,
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
const sensitivities: [RegExp, Sensitivity][] = [
  [/^(restricted)$/, 'restricted'],
  [/^(confidential|pii|phi|pci|secret|secrets)$/, 'confidential'],
]

/** The account as a resource: what `*` on `*` reaches. */
export function accountResource(account: string, home: string): ResourceRecord {
  return {
    type: 'resource',
    externalId: `aws:${account}`,
    kind: 'account',
    name: `AWS account ${account}`,
    attributes: account === home ? { account } : { account, outsideThisFile: true },
  }
}

/** Everything of one service in the account, as `Resource: "*"` with that service's actions means it. */
export function serviceResource(service: string, account: string): ResourceRecord {
  const [name, kind] = services[service] ?? [service, 'service']
  return {
    type: 'resource',
    externalId: `aws:${account}:${service}:*`,
    kind,
    name: `All ${name} in ${account}`,
    sensitivity: service === 'secretsmanager' || service === 'kms' ? 'confidential' : undefined,
    attributes: { service, account, pattern: '*' },
  }
}

/**
 * The resource that an ARN pattern of a policy names: the bucket for its objects, the table for its indexes, the whole
 * service where every part is a wildcard, otherwise the pattern itself. `undefined` when the text is no ARN.
 */
export function resourceOfPattern(pattern: string, home: string): ResourceRecord | undefined {
  const arn = parseArn(pattern)
  if (arn === undefined) return undefined
  if (arn.service === '*') return accountResource(home, home)
  const isHome = arn.account === '' || arn.account === '*' || arn.account === home
  const isEverywhere = isHome && (arn.region === '' || arn.region === '*')
  if (isEverywhere && isWhole(arn)) return serviceResource(arn.service, home)
  const inner = folds[arn.service]
  const resource = inner === undefined ? arn.resource : arn.resource.replace(inner, '$1')
  const externalId = ['arn', arn.partition, arn.service, arn.region, arn.account, resource].join(':')
  const name = arn.service === 's3' ? resource : resource || externalId
  const account = accountOf(pattern)
  return {
    type: 'resource',
    externalId,
    kind: kindOf(arn),
    name,
    environment: environmentOf({}, resource),
    sensitivity: sensitivityOf(arn, resource),
    attributes: {
      service: arn.service,
      ...(account === undefined ? {} : { account }),
      ...(/[*?]/.test(externalId) ? { pattern: externalId } : {}),
      ...(arn.region === '' || arn.region === '*' ? {} : { region: arn.region }),
    },
  }
}

function isWhole({ service, resource }: Arn): boolean {
  return /^[*:/]+$/.test(resource) || (wholeServices[service]?.test(resource) ?? false)
}

function kindOf({ service, resource }: Arn): string {
  if (service === 'ssm' && !resource.startsWith('parameter')) return 'service'
  return services[service]?.[1] ?? 'service'
}

function sensitivityOf({ service }: Arn, resource: string): Sensitivity | undefined {
  const words = resource.toLowerCase().split(/[^a-z0-9]+/)
  if (service === 'secretsmanager') words.shift()
  for (const [word, sensitivity] of sensitivities) if (words.some((each) => word.test(each))) return sensitivity
  return service === 'secretsmanager' || service === 'kms' ? 'confidential' : undefined
}
