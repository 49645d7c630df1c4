import type { IdentityRecord } from '../contract'
import { askEach, unlessGone } from '../json-source'
import type { Call, ChangesPage, ChangesReading, Skipped } from '../live-contract'
import { LiveError } from '../live-error'
import { LongReading } from '../long-reading'
import { administer, type EntraSession, latest, listAll, readDelta } from './client'
import { field, id } from './fields'
import {
  applicationQuery,
  mapPicture,
  mapTrust,
  type Picture,
  partOf,
  pictures,
  principalQuery,
  readAccess,
  rightsOf,
  trustPath,
} from './read-page'
import { recordDifference } from './record-difference'

const lists = ['applications', 'servicePrincipals'] as const
type Places = Record<(typeof lists)[number], string>

/** Where both lists are, and what the directory answered when it was read: what changed is put into that, and mapped with it. */
interface Mark {
  places: Places
  picture: Picture
}

async function begin(session: EntraSession, call: Call): Promise<string> {
  const [applications, servicePrincipals] = await askEach(lists, (list) => readDelta(session, latest(list), call))
  return JSON.stringify({ applications: applications?.place, servicePrincipals: servicePrincipals?.place })
}

async function finish(session: EntraSession, begun: string): Promise<string | { cannot: string }> {
  const picture = pictures.get(session)
  const isWhole = picture?.applications.every((each) => picture.trusted[String(field(each, 'id'))] !== undefined)
  if (picture === undefined || !isWhole) return { cannot: 'The connection broke while everything was read.' }
  return JSON.stringify({ places: JSON.parse(begun) as Places, picture } satisfies Mark)
}

/** All entries with those of the ids replaced by what they are now; what is gone is left out. */
async function renewed(
  session: EntraSession,
  entries: unknown[],
  { changed, removed }: { changed: string[]; removed: string[] },
  pathOf: (objectId: string) => string,
  call: Call,
): Promise<unknown[]> {
  const path = (objectId: string) => `/v1.0${pathOf(encodeURIComponent(objectId))}`
  const asked = await askEach(changed, (each) =>
    unlessGone(administer(session, { method: 'GET', path: path(each) }, call)),
  )
  const now = new Map([
    ...removed.map((each) => [each, undefined] as const),
    ...changed.map((each, i) => [each, asked[i]] as const),
  ])
  const known = entries.map((entry) => [id(field(entry, 'id')) ?? '', entry] as const)
  const kept = known.map(([each, entry]) => (now.has(each) ? now.get(each) : entry))
  const before = new Set(known.map(([each]) => each))
  const added = [...now].flatMap(([each, entry]) => (before.has(each) ? [] : [entry]))
  return [...kept, ...added].filter((entry) => entry !== undefined)
}

async function readOn(session: EntraSession, mark: Mark, call: Call): Promise<{ page: ChangesPage }> {
  const skipped: Skipped[] = []
  const { picture: before, places } = mark
  const applied = await readDelta(session, places.applications, call)
  const principal = await readDelta(session, places.servicePrincipals, call)
  const applications = await renewed(
    session,
    before.applications,
    applied,
    (objectId) => `/applications/${objectId}?${applicationQuery}`,
    call,
  )
  const principals = await renewed(
    session,
    before.principals,
    principal,
    (objectId) => `/servicePrincipals/${objectId}?${principalQuery}`,
    call,
  )
  const access = await readAccess(session, principals, partOf(skipped), call)
  const trusted = Object.fromEntries(
    await askEach(applications, async (application): Promise<[string, unknown[]]> => {
      const objectId = String(field(application, 'id'))
      const known = applied.changed.includes(id(objectId) ?? objectId) ? undefined : before.trusted[objectId]
      return [objectId, known ?? (await unlessGone(listAll(session, trustPath(objectId), call))) ?? []]
    }),
  )
  const picture: Picture = { applications, principals, access, trusted }
  const [old, now] = [mapAll(session, before), mapAll(session, picture)]
  const { changed, gone, told } = recordDifference(old.records, now.records)
  const next: Mark = {
    places: { applications: applied.place, servicePrincipals: principal.place },
    picture,
  }
  return {
    page: {
      records: changed,
      ...{ gone, told, refused: now.refused, unresolved: now.unresolved, skipped, next: null },
      rights: now.identities.map((identity) => rightsOf(session, identity)),
      end: { mark: JSON.stringify(next), whole: [], listsIdentities: false },
    },
  }
}

/** What a reading of everything would tell of these answers. */
function mapAll(session: EntraSession, picture: Picture) {
  const directory = mapPicture(session, picture)
  const identities = directory.records.filter((record): record is IdentityRecord => record.type === 'identity')
  const trust = mapTrust(session, identities, ({ attributes }) => picture.trusted[String(attributes?.objectId)] ?? [])
  return {
    identities,
    records: [...directory.records, ...trust.records],
    refused: [...directory.refused, ...trust.refused],
    unresolved: [...directory.unresolved, ...trust.unresolved],
  }
}

const readings = new WeakMap<EntraSession, LongReading<{ page: ChangesPage }>>()
const pageMs = 20_000
const restartsAtMost = 3

/** One page with everything, after as many empty ones as the questions take. A connection that broke asks them again. */
async function readPage(
  session: EntraSession,
  { mark, cursor }: { mark: string; cursor: string | null },
  call: Call,
): Promise<ChangesPage> {
  if (cursor === null) readings.delete(session)
  const known = readings.get(session)
  const begun = Number(cursor ?? 0) + (known === undefined ? 1 : 0)
  if (begun > restartsAtMost)
    throw new LiveError('unexpected_answer', 'Microsoft Graph broke off again and again while changes were read.')
  const reading = known ?? new LongReading((carried) => readOn(session, JSON.parse(mark) as Mark, carried))
  readings.set(session, reading)
  const done = await reading.carry(call, pageMs)
  if (done !== undefined) readings.delete(session)
  return done?.page ?? { records: [], rights: [], refused: [], unresolved: [], skipped: [], next: String(begun) }
}

export const changes: ChangesReading<EntraSession> = {
  how: 'Microsoft Graph tells which applications and service principals changed (delta queries). Who may what is read in full each time: it has no list of changes.',
  unseen:
    'new owners of an application and new trust in tokens of other issuers, where nothing else of the application changed',
  source: 'https://learn.microsoft.com/en-us/graph/delta-query-overview',
  ...{ begin, finish, readPage },
}
