import type { MapContext, MapResult, NodeRef, SightingRecord, Validity } from '../contract'
import type { Hit, Report } from './hit'
import { credentialTypeOf } from './rule-types'
import { accessKeyId, googleClientId, lastFour, usableSecret } from './secret-value'

/** The scanner that wrote the report. */
export interface Scanner {
  system: string
  title: string
}

const strength: Record<Validity, number> = { unknown: 0, invalid: 1, valid: 2 }

/** Hits to sightings. A hit reported twice (same place, rule, commit and secret) is one sighting that says so. */
export function mapReport(scanner: Scanner, { hits, refused }: Report, context: MapContext): MapResult {
  const repositories =
    context.survey instanceof Set
      ? (context.survey as Set<string | undefined>)
      : new Set(hits.map(({ repository }) => repository))
  const [only] = repositories
  const stated = repositories.size === 1 ? only : undefined
  const instance = context.instance ?? stated ?? 'reports'
  const sightings = new Map<string, SightingRecord>()
  const times = new Map<string, number>()
  for (const hit of hits) {
    const sighting = sightingOf(hit, scanner.system, context)
    const known = sightings.get(sighting.externalId)
    times.set(sighting.externalId, (times.get(sighting.externalId) ?? 0) + 1)
    sightings.set(sighting.externalId, known === undefined ? sighting : merged(known, sighting))
  }
  for (const [id, n] of times) {
    const sighting = sightings.get(id)
    if (n > 1 && sighting !== undefined) sighting.attributes = { ...sighting.attributes, timesReported: n }
  }
  const isEmpty = hits.length === 0 && refused.length === 0 && context.isPiece !== true
  return {
    system: scanner.system,
    instance,
    instanceName: instance === 'reports' ? `${scanner.title} reports` : `${scanner.title} ${instance}`,
    records: [...sightings.values()],
    refused: isEmpty ? [{ at: 'file', reason: `No findings: ${scanner.title} found no secret` }] : [...refused],
    unresolved: [],
  }
}

function merged(known: SightingRecord, other: SightingRecord): SightingRecord {
  const seen = [known.firstSeenAt, other.firstSeenAt].filter((at) => typeof at === 'string').sort()
  const tried = [known.validity, other.validity].filter((entry) => entry !== undefined)
  const validity = tried.sort((a, b) => strength[b] - strength[a])[0]
  return {
    ...known,
    ...(seen[0] === undefined ? {} : { firstSeenAt: seen[0] }),
    ...(validity === undefined ? {} : { validity }),
  }
}

function sightingOf(hit: Hit, system: string, { fingerprint }: MapContext): SightingRecord {
  const isMail = /e-?mail/i.test(hit.rule)
  const secret = isMail ? undefined : usableSecret(hit.secret)
  const print = secret === undefined ? undefined : fingerprint(secret)
  const clean = scrubber(secret)
  const about = aboutOf(secret, hit.keyId)
  const title = clean(hit.title ?? hit.rule)
  const attributes = {
    rule: clean(hit.rule),
    ...(hit.repository === undefined ? {} : { repository: clean(hit.repository) }),
    ...(hit.commit === undefined ? {} : { commit: hit.commit.slice(0, 100) }),
    ...cleaned(hit.attributes, clean),
    ...(isMail ? { note: 'an e-mail address, no credential' } : {}),
    ...(about?.type === 'identity' ? { note: 'a client id, which is public' } : {}),
    ...(secret === undefined && !isMail ? { value: 'not in the report, or masked there' } : {}),
  }
  const ends = secret === undefined || about !== undefined ? undefined : lastFour(secret)
  const type = isMail || about?.type === 'identity' ? undefined : credentialTypeOf(`${hit.rule} ${title}`, hit.secret)
  return {
    type: 'sighting',
    externalId: clean(externalIdOf(hit, system, print, fingerprint)),
    ...(about === undefined ? {} : { about }),
    name: title.slice(0, 200),
    place: clean(placeOf(hit)).slice(0, 1000),
    ...(print === undefined ? {} : { fingerprint: print }),
    ...(ends === undefined ? {} : { lastFour: ends }),
    ...(type === undefined ? {} : { credentialType: type }),
    ...(hit.validity === undefined ? {} : { validity: hit.validity }),
    ...(hit.firstSeenAt === undefined ? {} : { firstSeenAt: hit.firstSeenAt }),
    attributes,
  }
}

/** What the value itself names: an AWS access key by its id, an OAuth client by its id. */
function aboutOf(secret: string | undefined, keyId: string | undefined): NodeRef | undefined {
  const key = keyId ?? accessKeyId(secret)
  if (key !== undefined) return { type: 'credential', externalId: key, global: true }
  const client = googleClientId(secret)
  return client === undefined ? undefined : { type: 'identity', externalId: client, global: true }
}

/** The same for the same hit in a later report: the scanner's own id or the place, and which secret it was. */
function externalIdOf(
  hit: Hit,
  system: string,
  print: string | undefined,
  fingerprint: (secret: string) => string,
): string {
  const apart =
    print ??
    (hit.distinct === undefined ? (hit.column === undefined ? '' : String(hit.column)) : fingerprint(hit.distinct))
  const place = [hit.rule, hit.repository, hit.file, hit.line, hit.commit, hit.where]
    .map((part) => part ?? '')
    .join('|')
  const id = `${system}:${hit.nativeId ?? place}${apart === '' ? '' : `#${apart}`}`
  return id.length <= 400 ? id : `${system}:${fingerprint(id)}`
}

function placeOf({ file, line, where, repository, commit }: Hit): string {
  const spot = file === undefined ? undefined : line === undefined ? file : `${file}:${line}`
  const parts = [spot, where].filter((part) => part !== undefined)
  if (parts.length > 0) return parts.join(' ')
  return repository ?? (commit === undefined ? 'place not stated' : `commit ${commit}`)
}

/** Takes the secret out of any text that happens to repeat it, such as a file's name. */
function scrubber(secret: string | undefined): (text: string) => string {
  if (secret === undefined || secret.length < 12 || accessKeyId(secret) !== undefined) return (text) => text
  return (text) => text.replaceAll(secret, '…')
}

function cleaned(
  attributes: Hit['attributes'],
  clean: (text: string) => string,
): Record<string, string | number | boolean | string[]> {
  const kept: Record<string, string | number | boolean | string[]> = {}
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || (Array.isArray(value) && value.length === 0)) continue
    if (typeof value === 'string') kept[key] = clean(value).slice(0, 500)
    else kept[key] = Array.isArray(value) ? value.map(clean) : value
  }
  return kept
}
