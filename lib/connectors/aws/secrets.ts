import type { ResourceRecord } from '../contract'
import { isObject, numberOf, textOf } from './account-export'
import type { AnswerScene } from './answer-scene'
import type { Found } from './answers'
import { parseInstant } from './instants'
import { attributes } from './policies'
import { addResourcePolicy } from './resource-policy'
import { resourceOfPattern } from './resources'
import { environmentOf, ownerHints, readTags } from './tags'

type Facts = NonNullable<ResourceRecord['attributes']>

/** The secrets of Secrets Manager as secret stores, with what is known of their rotation; never a value. */
export function addSecrets(found: readonly Found[], scene: AnswerScene): void {
  const facts = new Map<string, { name: string; description?: string; facts: Facts; tags: Record<string, string> }>()
  for (const entry of found) {
    const arn = secretArn(entry)
    if (arn === undefined) continue
    const known = facts.get(arn) ?? { name: '', facts: {}, tags: {} }
    const tags = { ...known.tags, ...readTags(entry.fields.Tags) }
    facts.set(arn, {
      name: known.name || (textOf(entry.fields, 'Name') ?? ''),
      facts: { ...known.facts, ...factsOf(entry, scene) },
      tags,
    })
  }
  for (const entry of found)
    if (entry.kind === 'secretVersion' || entry.kind === 'secretVersions') addVersions(entry, facts)
  for (const [arn, { name, facts: known, tags }] of facts) {
    const resource = resourceOfPattern(arn, scene.account)
    if (resource === undefined) continue
    const shown = name || (arn.split(':secret:').at(-1) ?? arn).replace(/-[A-Za-z0-9]{6}$/, '')
    const owners = ownerHints(tags, shown).map(({ value, from }) => `${from}: ${value}`)
    scene.set.addNode({
      ...resource,
      kind: 'secret_store',
      name: shown,
      environment: environmentOf(tags, shown),
      sensitivity: 'confidential',
      attributes: { ...resource.attributes, ...known, ...(owners.length === 0 ? {} : { owners }) },
    })
  }
  for (const entry of found) {
    const arn = secretArn(entry)
    if (arn === undefined) continue
    if (entry.kind === 'secretPolicy')
      addResourcePolicy({ at: `${entry.at}.ResourcePolicy`, document: entry.fields.ResourcePolicy, arn }, scene)
    if (entry.kind === 'secretValue') addValue(entry, arn, scene)
  }
}

/** The secret's ARN; that of a version holds it before `:version:`. */
function secretArn({ kind, fields }: Found): string | undefined {
  if (!kind.startsWith('secret')) return undefined
  const text = kind === 'secretVersion' ? textOf(fields, 'SecretId') : (textOf(fields, 'ARN') ?? textOf(fields, 'Arn'))
  return text?.startsWith('arn:') ? text.split(':version:')[0] : undefined
}

function factsOf({ kind, fields }: Found, scene: AnswerScene): Facts {
  if (kind !== 'secret') return {}
  const rules = isObject(fields.RotationRules) ? fields.RotationRules : {}
  const stages = fields.VersionIdsToStages ?? fields.SecretVersionsToStages
  const lambda = textOf(fields, 'RotationLambdaARN')
  if (lambda !== undefined) {
    const resource = resourceOfPattern(lambda, scene.account)
    if (resource !== undefined) scene.set.addNode(resource)
  }
  return attributes<string | number | boolean | string[]>({
    description: textOf(fields, 'Description'),
    // An absent field says in these answers that rotation was never set up.
    rotationEnabled: fields.RotationEnabled === true,
    rotationDays: numberOf(rules, 'AutomaticallyAfterDays'),
    rotationSchedule: textOf(rules, 'ScheduleExpression'),
    rotationLambda: lambda,
    lastRotatedAt: parseInstant(fields.LastRotatedDate),
    nextRotationAt: parseInstant(fields.NextRotationDate),
    lastChangedAt: parseInstant(fields.LastChangedDate),
    lastAccessedAt: parseInstant(fields.LastAccessedDate),
    createdAt: parseInstant(fields.CreatedDate),
    deletionDate: parseInstant(fields.DeletedDate),
    kmsKey: textOf(fields, 'KmsKeyId'),
    primaryRegion: textOf(fields, 'PrimaryRegion'),
    owningService: textOf(fields, 'OwningService'),
    versions: isObject(stages) ? Object.keys(stages).length : undefined,
    replicaRegions: Array.isArray(fields.ReplicationStatus)
      ? fields.ReplicationStatus.flatMap((replica: unknown) =>
          isObject(replica) ? (textOf(replica, 'Region') ?? []) : [],
        )
      : undefined,
  })
}

/** How many versions a secret has, and since when the current one is there. */
function addVersions(entry: Found, known: Map<string, { facts: Facts }>): void {
  const secret = known.get(secretArn(entry) ?? '')
  if (secret === undefined) return
  const versions =
    entry.kind === 'secretVersion' ? [entry.fields] : Array.isArray(entry.fields.Versions) ? entry.fields.Versions : []
  for (const version of versions) {
    if (!isObject(version)) continue
    const before = typeof secret.facts.versionsListed === 'number' ? secret.facts.versionsListed : 0
    const isCurrent = Array.isArray(version.VersionStages) && version.VersionStages.includes('AWSCURRENT')
    const createdAt = parseInstant(version.CreatedDate)
    secret.facts = {
      ...secret.facts,
      versionsListed: before + 1,
      ...(isCurrent && createdAt !== undefined ? { currentVersionSince: createdAt } : {}),
    }
  }
}

/** A secret that was read out along with its description: fingerprinted, dropped, and shown as seen. */
function addValue({ fields }: Found, arn: string, { set, context }: AnswerScene): void {
  const value = textOf(fields, 'SecretString') ?? textOf(fields, 'SecretBinary')
  if (value === undefined) return
  const name = textOf(fields, 'Name') ?? arn
  for (const [key, secret] of partsOf(value)) {
    set.addNode({
      type: 'sighting',
      externalId: key === '' ? `${arn}#value` : `${arn}#value/${key}`,
      name: key === '' ? name : `${name} ${key}`,
      place: `Secrets Manager, secret ${name}, written out in the uploaded file`,
      fingerprint: context.fingerprint(secret),
      attributes: { secret: arn },
    })
  }
}

/** The parts of a secret that is a JSON object, by name; the whole of any other. */
function partsOf(value: string): [string, string][] {
  try {
    const parsed: unknown = JSON.parse(value)
    if (isObject(parsed)) {
      return Object.entries(parsed)
        .filter((pair): pair is [string, string] => typeof pair[1] === 'string' && pair[1] !== '')
        .slice(0, 100)
    }
  } catch {
    // Not JSON: the secret as a whole.
  }
  return [['', value]]
}
