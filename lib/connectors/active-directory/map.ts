import type {
  EdgeRecord,
  FileSurvey,
  IdentityRecord,
  MapContext,
  MapResult,
  NodeRef,
  ParsedFile,
  Refusal,
} from '../contract'
import { RecordSet } from '../record-set'
import { wordTable } from '../word-table'
import { becoming, joining, privilegeOf } from './privileges'

type Fields = Record<string, unknown>

const kinds: Record<string, string> = wordTable({
  users: 'User',
  computers: 'Computer',
  groups: 'Group',
  domains: 'domain',
  ous: 'organizational_unit',
  gpos: 'group_policy',
  containers: 'container',
  aiacas: 'certificate_authority',
  rootcas: 'certificate_authority',
  enterprisecas: 'certificate_authority',
  ntauthstores: 'certificate_store',
  certtemplates: 'certificate_template',
  issuancepolicies: 'issuance_policy',
})

/** The lists of entries: versions before 4 name them by what they hold. */
export const lists = ['data', ...Object.keys(kinds)]

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const own = (value: unknown, name: string): unknown =>
  isFields(value) && Object.hasOwn(value, name) ? value[name] : undefined
const text = (value: unknown) => (typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined)
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
const texts = (value: unknown) => list(value).flatMap((entry) => text(entry)?.slice(0, 300) ?? [])

/** What the file holds (`users`, `groups`, …) and its entries; undefined when it is none of SharpHound's. */
export function collectionOf(file: ParsedFile): { type: string; entries: unknown[]; at: string } | undefined {
  if (file.kind !== 'json') return undefined
  const meta = own(file.value, 'meta')
  const type = text(own(meta, 'type'))?.toLowerCase()
  if (type === undefined || typeof own(meta, 'version') !== 'number') return undefined
  if (!Object.hasOwn(kinds, type) && type !== 'sessions') return undefined
  const key = Array.isArray(own(file.value, 'data')) ? 'data' : type
  const entries = own(file.value, key)
  return Array.isArray(entries) ? { type, entries, at: `$.${key}` } : undefined
}

/** Seconds since 1970; 0 and -1 stand for none. */
function instant(value: unknown): string | null | undefined {
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined
  if (value <= 0) return null
  return value < 253_402_300_800 ? new Date(value * 1000).toISOString() : undefined
}

interface Scene {
  records: RecordSet
  fingerprint: (secret: string) => string
  people: ReadonlySet<string>
  /** What is no fault and yields nothing, by its sort. */
  leftOut: Map<string, Refusal & { count: number }>
}

function leaveOut({ leftOut }: Scene, at: string, reason: string): void {
  const known = leftOut.get(reason)
  if (known === undefined) leftOut.set(reason, { at, reason, count: 1 })
  else known.count += 1
}

/** What the entries of a large file must know of one another. */
class Learned {
  readonly people = new Set<string>()
  domain: string | undefined
}

export const survey: FileSurvey = {
  rounds: 1,
  take(file, before) {
    const learned = before instanceof Learned ? before : new Learned()
    for (const { entry, id } of foundIn(file)) learn(entry, id, collectionOf(file)?.type, learned)
    return learned
  },
}

function learn(entry: Fields, id: string, type: string | undefined, learned: Learned): void {
  const properties = own(entry, 'Properties')
  learned.domain ??= text(own(properties, 'domain'))?.toLowerCase()
  const name = text(own(properties, 'name')) ?? id
  if (type === 'users' && serviceReason(properties, id, name) === undefined) learned.people.add(id)
}

interface FoundEntry {
  entry: Fields
  id: string
  place: string
}

function foundIn(file: ParsedFile, refuse: (place: string, reason: string) => void = () => {}): FoundEntry[] {
  const { type, entries, at } = collectionOf(file) ?? { type: 'sessions', entries: [], at: '$' }
  return entries.flatMap((entry, index) => {
    const place = `${at}[${index}]`
    const id = text(own(entry, 'ObjectIdentifier'))
    if (type === 'sessions' || own(entry, 'IsDeleted') === true) return []
    if (isFields(entry) && id !== undefined) return [{ entry, id, place }]
    refuse(place, 'has no ObjectIdentifier')
    return []
  })
}

/** One file of a SharpHound collection, or a piece of one. */
export function mapCollection(file: ParsedFile, context: MapContext): MapResult {
  const records = new RecordSet()
  const { type, entries, at } = collectionOf(file) ?? { type: 'sessions', entries: [], at: '$' }
  const found = foundIn(file, (place, reason) => records.refuse(place, reason))
  const learned = context.survey instanceof Learned ? context.survey : new Learned()
  if (learned !== context.survey) for (const { entry, id } of found) learn(entry, id, type, learned)
  const leftOut = new Map<string, Refusal & { count: number }>()
  const scene: Scene = { records, fingerprint: context.fingerprint, people: learned.people, leftOut }
  const sessions = 'sessions, which tell who was signed in at one moment and grant nothing'
  if (type === 'sessions') for (const index of entries.keys()) leaveOut(scene, `${at}[${index}]`, sessions)
  for (const { entry, id, place } of found) describe(entry, id, kinds[type] ?? type, scene, place)
  for (const { entry, id, place } of found) link(entry, id, kinds[type] ?? type, scene, place)
  records.refused.push(...leftOut.values())
  const instance = context.instance ?? learned.domain ?? 'default'
  return records.finish({ system: 'active-directory', instance, instanceName: `Active Directory ${instance}` })
}

function describe(entry: Fields, id: string, kind: string, scene: Scene, at: string): void {
  const { records } = scene
  const properties = own(entry, 'Properties')
  const name = text(own(properties, 'name')) ?? id
  const description = text(own(properties, 'description'))
  const facts = { ...(description === undefined ? {} : { description }) }
  if (kind === 'Group') {
    records.add({ type: 'role', externalId: id, kind: 'group', name, ...facts })
    return
  }
  if (kind !== 'User' && kind !== 'Computer') {
    records.add({ type: 'resource', externalId: id, kind, name })
    return
  }
  const machine = kind === 'Computer' ? 'is a computer' : serviceReason(properties, id, name)
  if (machine === undefined) {
    const email = text(own(properties, 'email'))?.toLowerCase()
    const reason = 'is a user of the domain without a service principal name'
    records.add({ type: 'human', externalId: id, name, ...(email === undefined ? {} : { email }), reason })
  } else records.add(account(id, name, kind, machine, properties, facts))
  addSecrets(id, name, properties, machine !== undefined, scene, at)
}

/** Why a user is taken for a service; undefined = for a person. */
function serviceReason(properties: unknown, id: string, name: string): string | undefined {
  if (own(properties, 'gmsa') === true || own(properties, 'msa') === true) return 'is a managed service account'
  if (own(properties, 'hasspn') === true || texts(own(properties, 'serviceprincipalnames')).length > 0)
    return 'has a service principal name'
  if (/-502$/.test(id)) return 'is the account of the key distribution center'
  return /^(?:svc|srv|sa|service)[-_.]|[-_.](?:svc|srv|service)(?:@|$)/i.test(name)
    ? 'is named like a service account'
    : undefined
}

function account(
  id: string,
  name: string,
  kind: string,
  why: string,
  properties: unknown,
  facts: { description?: string },
): IdentityRecord {
  const enabled = own(properties, 'enabled')
  const created = instant(own(properties, 'whencreated'))
  const used = [own(properties, 'lastlogontimestamp'), own(properties, 'lastlogon')].map(instant)
  const last = used
    .filter((at) => typeof at === 'string')
    .sort()
    .at(-1)
  const lastUsedAt = last ?? (used[0] === null ? null : undefined)
  const flags = [
    'unconstraineddelegation',
    'trustedtoauth',
    'dontreqpreauth',
    'passwordnotreqd',
    'admincount',
    'sensitive',
  ]
  const spns = texts(own(properties, 'serviceprincipalnames')).slice(0, 50)
  const system = text(own(properties, 'operatingsystem'))
  return {
    type: 'identity',
    externalId: id,
    kind: kind === 'Computer' ? 'workload' : 'service_account',
    name,
    ...facts,
    status: enabled === true ? 'active' : enabled === false ? 'disabled' : 'unknown',
    ...(typeof created === 'string' ? { createdAt: created } : {}),
    ...(lastUsedAt === undefined ? {} : { lastUsedAt }),
    attributes: {
      takenFor: why,
      ...(spns.length === 0 ? {} : { servicePrincipalNames: spns }),
      ...(system === undefined ? {} : { operatingSystem: system }),
      ...Object.fromEntries(flags.flatMap((flag) => (own(properties, flag) === true ? [[flag, true]] : []))),
    },
  }
}

/** Attributes of the directory in which passwords are written in plain text. */
const plainPasswords = ['userpassword', 'unixpassword', 'unicodepassword', 'sfupassword']

function addSecrets(id: string, name: string, properties: unknown, isMachine: boolean, scene: Scene, at: string): void {
  const { records, fingerprint } = scene
  const subject: NodeRef = { type: isMachine ? 'identity' : 'human', externalId: id }
  const rotatedAt = instant(own(properties, 'pwdlastset'))
  if (isMachine)
    records.add({
      type: 'credential',
      externalId: `${id}#password`,
      subject,
      credentialType: 'password',
      name: `Password of ${name}`,
      status: own(properties, 'enabled') === false ? 'disabled' : 'active',
      ...(typeof rotatedAt === 'string' ? { rotatedAt } : {}),
      ...(own(properties, 'pwdneverexpires') === true ? { expiresAt: null } : {}),
    })
  for (const key of plainPasswords) {
    const secret = text(own(properties, key))
    if (secret === undefined) continue
    const externalId = `${id}#${key}`
    const lastFour = secret.length >= 12 ? { lastFour: secret.slice(-4) } : {}
    const traces = { credentialType: 'password' as const, fingerprint: fingerprint(secret), ...lastFour }
    records.add({ type: 'credential', externalId, subject, name: `${key} of ${name}`, status: 'active', ...traces })
    records.add({
      ...{ type: 'sighting', externalId, about: { type: 'credential', externalId }, name: key },
      ...{ place: `attribute ${key} of ${name}`, ...traces, attributes: { plainText: true, at } },
    })
  }
}

function refOf(id: string, type: string | undefined, { people }: Scene): NodeRef {
  if (type?.toLowerCase() === 'group') return { type: 'role', externalId: id }
  return { type: people.has(id) ? 'human' : 'identity', externalId: id }
}

function link(entry: Fields, id: string, kind: string, scene: Scene, at: string): void {
  const { records } = scene
  const self: NodeRef =
    kind === 'User' || kind === 'Computer' || kind === 'Group'
      ? refOf(id, kind, scene)
      : { type: 'resource', externalId: id }
  const known = (ref: NodeRef, place: string) => {
    if (records.get(ref) === undefined)
      records.unresolved(ref.externalId, place, 'is described in another file of the collection')
    return ref
  }
  const named = (holder: unknown, place: string) =>
    list(holder).flatMap((one, index) => {
      const other = text(own(one, 'ObjectIdentifier')) ?? text(one)
      return other === undefined ? [] : [known(refOf(other, text(own(one, 'ObjectType')), scene), `${place}[${index}]`)]
    })
  const edge = (made: Pick<EdgeRecord, 'kind' | 'from' | 'to'> & Partial<EdgeRecord>) =>
    records.edge({ basis: 'entitlement', ...made })

  for (const from of named(own(entry, 'Members'), `${at}.Members`)) edge({ kind: 'member_of', from, to: self })
  const primary = text(own(entry, 'PrimaryGroupSID'))
  if (primary !== undefined)
    edge({ kind: 'member_of', from: self, to: known({ type: 'role', externalId: primary }, `${at}.PrimaryGroupSID`) })
  for (const to of named(own(entry, 'AllowedToDelegate'), `${at}.AllowedToDelegate`))
    edge({ kind: 'impersonates', from: self, to, scopes: ['AllowedToDelegate'] })
  for (const from of named(own(entry, 'AllowedToAct'), `${at}.AllowedToAct`))
    edge({ kind: 'impersonates', from, to: self, scopes: ['AllowedToAct'] })
  for (const to of named(own(entry, 'HasSIDHistory'), `${at}.HasSIDHistory`))
    edge({ kind: 'impersonates', from: self, to, scopes: ['HasSIDHistory'] })
  list(own(entry, 'LocalGroups')).forEach((group, index) => {
    if (
      !/-544$/.test(text(own(group, 'ObjectIdentifier')) ?? '') &&
      !/^ADMINISTRATORS@/i.test(text(own(group, 'Name')) ?? '')
    )
      return
    for (const from of named(own(group, 'Results'), `${at}.LocalGroups[${index}].Results`))
      edge({ kind: 'impersonates', from, to: self, scopes: ['local administrator'] })
  })
  list(own(entry, 'Aces')).forEach((ace, index) => {
    const [principal, right] = [text(own(ace, 'PrincipalSID')), text(own(ace, 'RightName'))]
    const place = `${at}.Aces[${index}]`
    if (principal === undefined || right === undefined) records.refuse(place, 'names no principal or no right')
    else if (principal !== id)
      addRight(known(refOf(principal, text(own(ace, 'PrincipalType')), scene), place), self, right, scene, place)
  })
}

/** A right over an account or a group is a way to become it; over anything else, a grant. */
function addRight(from: NodeRef, to: NodeRef, right: string, scene: Scene, at: string): void {
  const { records } = scene
  const base = { from, to, basis: 'entitlement' as const, scopes: [right] }
  const isWay = to.type === 'role' ? joining.has(right) : to.type !== 'resource' && becoming.has(right)
  if (isWay) records.edge({ kind: 'impersonates', ...base })
  else if (to.type === 'resource') {
    const privilege = privilegeOf(right)
    records.edge({
      kind: 'grants',
      ...base,
      ...(privilege === undefined
        ? { notEvaluable: `what ${right.slice(0, 100)} allows is not known` }
        : { privilege }),
    })
  } else
    records.passOver(at, `the right ${right.slice(0, 100)} over a user, computer or group, by which nobody becomes it`)
}
