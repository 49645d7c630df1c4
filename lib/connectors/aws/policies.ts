import type { Refusal, RoleRecord } from '../contract'
import { type Entry, isObject, listAt, numberOf, textOf } from './account-export'
import { nameOf, parseArn } from './arn'
import { parseInstant } from './instants'
import { readPolicy, type Statement } from './policy'

/** A managed policy of the file with the statements of its default version. */
export interface ManagedPolicy {
  arn: string
  name: string
  record: RoleRecord
  statements: Statement[]
}

/** A policy embedded in a user, group or role. */
export interface InlinePolicy {
  name: string
  statements: Statement[]
}

/** Drops what is undefined, so that an attribute is there or absent. */
export function attributes<T>(values: Record<string, T | undefined>): Record<string, T> {
  const entries = Object.entries(values).filter((pair): pair is [string, T] => pair[1] !== undefined)
  return Object.fromEntries(entries)
}

/** Reads a managed policy; what cannot be read of it is refused, and the record is kept. */
export function readManagedPolicy({ at, arn, fields }: Entry, refused: Refusal[]): ManagedPolicy {
  const name = textOf(fields, 'PolicyName') ?? nameOf(arn)
  const versions = listAt(fields, 'PolicyVersionList', at, refused)
  const version = defaultVersion(versions, textOf(fields, 'DefaultVersionId'))
  let statements: Statement[] = []
  if (version === undefined)
    refused.push({ at: `${at}.PolicyVersionList`, reason: 'The policy has no default version' })
  else {
    const outcome = readPolicy(version.value.Document, `${version.at}.Document`)
    statements = outcome.statements
    refused.push(...outcome.refused)
  }
  const record: RoleRecord = {
    type: 'role',
    externalId: arn,
    kind: 'managed_policy',
    name,
    description: textOf(fields, 'Description'),
    attributes: attributes<string | number | boolean>({
      awsManaged: parseArn(arn)?.account === 'aws',
      path: textOf(fields, 'Path'),
      policyId: textOf(fields, 'PolicyId'),
      defaultVersion: textOf(fields, 'DefaultVersionId'),
      versions: versions.length,
      attachments: numberOf(fields, 'AttachmentCount'),
      usedAsBoundary: numberOf(fields, 'PermissionsBoundaryUsageCount'),
      createdAt: parseInstant(fields.CreateDate),
      updatedAt: parseInstant(fields.UpdateDate),
    }),
  }
  return { arn, name, record, statements }
}

function defaultVersion(versions: { at: string; value: unknown }[], id: string | undefined) {
  const readable = versions.flatMap(({ at, value }) => (isObject(value) ? [{ at, value }] : []))
  const marked = readable.find(({ value }) => value.IsDefaultVersion === true || value.IsDefaultVersion === 'true')
  const named = readable.find(({ value }) => id !== undefined && value.VersionId === id)
  return marked ?? named ?? (readable.length === 1 ? readable[0] : undefined)
}

/** The inline policies under `key`; a second of the same name and one without a name are refused. */
export function readInlinePolicies({ at, fields }: Entry, key: string, refused: Refusal[]): InlinePolicy[] {
  const policies = new Map<string, InlinePolicy>()
  for (const item of listAt(fields, key, at, refused)) {
    const name = isObject(item.value) ? textOf(item.value, 'PolicyName') : undefined
    if (name === undefined || !isObject(item.value))
      refused.push({ at: item.at, reason: 'The inline policy has no PolicyName' })
    else if (policies.has(name))
      refused.push({ at: item.at, reason: `The inline policy ${name} is there twice; the first is kept` })
    else {
      const outcome = readPolicy(item.value.PolicyDocument, `${item.at}.PolicyDocument`)
      refused.push(...outcome.refused)
      policies.set(name, { name, statements: outcome.statements })
    }
  }
  return [...policies.values()]
}

/** The ARNs of the attached managed policies; an entry without one is refused. */
export function readAttachments({ at, fields }: Entry, refused: Refusal[]): { at: string; arn: string }[] {
  return listAt(fields, 'AttachedManagedPolicies', at, refused).flatMap((item) => {
    const arn = isObject(item.value) ? textOf(item.value, 'PolicyArn') : undefined
    if (arn !== undefined) return [{ at: item.at, arn }]
    refused.push({ at: item.at, reason: 'The attached policy has no PolicyArn' })
    return []
  })
}
