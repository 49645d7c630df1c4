import type { FileConnector, MapContext, MapResult, ParsedFile, Refusal } from '../contract'
import { type AnswerFamily, familyOf } from './answer-kinds'
import { type AnswerScene, accountOfAnswers } from './answer-scene'
import { answerFamily, type Found, readAnswers } from './answers'
import { parseArn } from './arn'
import { addAgents } from './bedrock-agents'
import { addCertificates } from './certificates'
import { joinAws } from './join'
import { addCredentials } from './listing-credentials'
import { addPolicies } from './listing-policies'
import { addHolders, addPrincipals } from './listing-principals'
import { addOrganization, organizationOf } from './organizations'
import { production } from './production'
import { createRecordSet, type RecordSet } from './record-set'
import { addResourcePolicies } from './resource-policy'
import { addSecrets } from './secrets'
import { addServiceUse } from './service-usage'

/**
 * Maps whatever answers the file holds, also of several calls: things of an account and, as a result of its own, those of
 * its organization.
 */
function map(file: ParsedFile, context: MapContext): MapResult | MapResult[] {
  const { found, refused } = readAnswers(file)
  const organizational = found.filter(({ kind }) => familyOf(kind) === 'aws-organizations')
  const others = found.filter(({ kind }) => familyOf(kind) !== 'aws-organizations')
  const results: MapResult[] = []
  if (organizational.length > 0)
    results.push(mapOrganization(organizational, context, others.length === 0 ? refused : []))
  if (others.length > 0 || results.length === 0) results.push(mapAccount(others, context, refused))
  const [first, second] = results
  return first !== undefined && second === undefined ? first : results
}

function mapAccount(given: Found[], context: MapContext, refused: Refusal[]): MapResult {
  const set = createRecordSet()
  set.refused.push(...refused)
  const found = given.filter((entry) => hasNoBadArn(entry, set))
  const account = accountOfAnswers(found, context) ?? 'unknown'
  const scene: AnswerScene = { set, context, account, refs: new Map(), users: new Map(), trusts: new Map() }
  addPrincipals(found, scene)
  addHolders(found, scene)
  addPolicies(found, scene)
  addCredentials(found, scene)
  addServiceUse(found, scene)
  addSecrets(found, scene)
  addResourcePolicies(found, scene)
  addCertificates(found, scene)
  addAgents(found, scene)
  refuseUseless(found, set)
  return finish(set, account, account === 'unknown' ? 'AWS account of unknown number' : `AWS account ${account}`)
}

/** An ARN is what a thing is known by: one that is none would make things of everything else that is written so. */
function hasNoBadArn({ at, kind, fields }: Found, { refused }: RecordSet): boolean {
  const { Arn: arn } = fields
  // A role is told by its trust policy too; everything else that is known by an ARN is told by the ARN itself.
  if (typeof arn !== 'string') {
    if (kind !== 'role') return true
    refused.push({ at, reason: 'The role has no Arn' })
    return false
  }
  if (parseArn(arn) !== undefined) return true
  refused.push({ at, reason: `${JSON.stringify(arn.slice(0, 200))} is not an ARN` })
  return false
}

function mapOrganization(found: Found[], context: MapContext, refused: Refusal[]): MapResult {
  const set = createRecordSet()
  set.refused.push(...refused)
  const organization = organizationOf(found)
  const id = organization?.id ?? context.instance ?? 'unknown'
  addOrganization(found, id, organization?.managementAccount, set)
  return finish(set, id, id === 'unknown' ? 'AWS organization of unknown id' : `AWS organization ${id}`)
}

function finish(set: RecordSet, instance: string, instanceName: string): MapResult {
  const refused = distinct(set.refused)
  return {
    system: 'aws',
    instance,
    instanceName,
    records: set.records(),
    refused,
    unresolved: distinct(set.unresolved),
  }
}

function distinct<T>(list: T[]): T[] {
  return [...new Map(list.map((item) => [JSON.stringify(item), item])).values()]
}

/** Said once where a file holds nothing else: models act for nobody and grant nothing. */
function refuseUseless(found: Found[], set: RecordSet): void {
  const models = found.filter(({ kind }) => kind === 'model')
  const [first] = models
  if (first === undefined || models.length < found.length) return
  set.refused.push({ at: first.at, reason: `The file lists ${models.length} models only; models are no identities` })
}

/** True of the entries that a format is named for, told by the first of them. */
function accepts(family: AnswerFamily): (file: ParsedFile) => boolean {
  return (file) => answerFamily(file) === family
}

const formats: { id: AnswerFamily; title: string; expects: string; yields: string }[] = [
  {
    id: 'aws-iam-listings',
    title: 'AWS IAM listings',
    expects:
      'the JSON of `aws iam list-access-keys`, `list-users`, `list-roles`, `get-role`, `list-instance-profiles`, `get-role-policy`, `list-attached-user-policies`, `get-access-key-last-used`, `get-service-last-accessed-details` and the like, single or many in a file',
    yields:
      'Users, roles and who may assume them, groups, their inline and attached policies, instance profiles, access keys and other credentials with their last use, services last used',
  },
  {
    id: 'aws-organizations',
    title: 'AWS Organizations',
    expects:
      'the tree of an AWS organization with its policies, or the JSON of `aws organizations list-accounts`, `list-roots`, `list-organizational-units-for-parent`, `list-policies`, `describe-policy`',
    yields:
      'Organization, units and accounts, service control policies with what they deny and to what they are attached',
  },
  {
    id: 'aws-secrets-manager',
    title: 'AWS Secrets Manager',
    expects:
      'the JSON of `aws secretsmanager list-secrets`, `describe-secret`, `get-resource-policy`, `list-secret-version-ids`',
    yields: 'Secrets as secret stores with their rotation, and who may read them by resource policy; never a value',
  },
  {
    id: 'aws-acm',
    title: 'AWS Certificate Manager',
    expects: 'the JSON of `aws acm list-certificates` or `describe-certificate`',
    yields: 'Certificates with expiry and renewal, and what uses them',
  },
  {
    id: 'aws-bedrock',
    title: 'Amazon Bedrock agents',
    expects:
      'the JSON of `aws bedrock-agent list-agents`, `get-agent`, `list-agent-action-groups`, `list-knowledge-bases`, `aws bedrock list-guardrails`',
    yields:
      'AI agents with the role that they run as, their action groups and functions, knowledge bases and guardrails',
  },
  {
    id: 'aws-resource-policies',
    title: 'AWS resource policies',
    expects:
      'a list of resources with their policies, `[{"Resource": ARN, "Policy": …, "Account": …}]`, or the JSON of `aws s3api get-bucket-policy`',
    yields: 'Resources and who may use them by their own policy',
  },
]

/** The formats of single API answers; all are mapped alike, so that a file of many calls loses nothing. */
export const answerFormats: FileConnector[] = formats.map(({ id, title, expects, yields }) => ({
  id,
  title,
  expects,
  yields,
  production: production[id],
  coverage: 'file',
  accepts: accepts(id),
  map,
  join: joinAws,
  joinGroup: 'aws',
}))
