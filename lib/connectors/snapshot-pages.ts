import { randomUUID } from 'node:crypto'
import type { IdentityRecord, NormalisedRecord, Refusal, Unresolved } from './contract'
import type { Call, DiscoveryPage, IdentityRights, Skipped } from './live-contract'
import { LiveError } from './live-error'
import { LongReading } from './long-reading'

/** All that one reading of a source gave, mapped as its files are: what refers to one another was seen together. */
export interface Snapshot {
  records: readonly NormalisedRecord[]
  refused: readonly Refusal[]
  unresolved: readonly Unresolved[]
  skipped: readonly Skipped[]
}

/** What is asked for each page of identities, as far as the reading has not told it. */
export interface Detail {
  rights: IdentityRights[]
  records?: readonly NormalisedRecord[]
  refused?: readonly Refusal[]
  unresolved?: readonly Unresolved[]
  skipped?: readonly Skipped[]
}

interface Ordered extends Snapshot {
  /** What belongs to no identity alone, by key. */
  shared: { key: string; record: NormalisedRecord }[]
  identities: { id: string; record: IdentityRecord; own: NormalisedRecord[] }[]
}

/** Records that no identity has to itself, in a page. */
const sharedInPage = 2_000
const identitiesInPage = 50
/** Identities of which details are asked at once: between them a page may end. */
const askedAtOnce = 8
/** What a page may take; each call is bounded, what is read in many is not. */
const usualMs = 20_000
const restartsAtMost = 3

/** Where a page begins, and the reading that it waits for. */
interface Place {
  at: string | null
  /** Which reading the pages before waited for, and how often one began anew. */
  reading: string | undefined
  restarts: number
}

function placeOf(cursor: string | null): Place {
  const [, reading, restarts = '0', at = ''] = /^r (\S+) (\d+) (.*)$/s.exec(cursor ?? '') ?? []
  if (reading === undefined) return { at: cursor, reading, restarts: 0 }
  return { at: at === '' ? null : at, reading, restarts: Number(restarts) }
}

/**
 * Pages of a source that is read as a whole when discovery begins and told in pages: first what identities share, then identities
 * with what is theirs. While the whole is being read, pages are empty. A connection that goes on from the middle reads it again; keys,
 * not numbers, say where it was.
 */
export class Snapshots<Session extends object> {
  readonly #taken = new WeakMap<Session, { no: string; reading: LongReading<Ordered> }>()
  readonly #read: (session: Session, call: Call) => Promise<Snapshot>
  readonly #detail: (session: Session, identities: readonly IdentityRecord[], call: Call) => Promise<Detail>
  readonly #pageMs: number

  constructor(
    read: (session: Session, call: Call) => Promise<Snapshot>,
    detail: (session: Session, identities: readonly IdentityRecord[], call: Call) => Promise<Detail>,
    pageMs = usualMs,
  ) {
    this.#read = read
    this.#detail = detail
    this.#pageMs = pageMs
  }

  async page(
    session: Session,
    { cursor, pageSize = identitiesInPage }: { cursor: string | null; pageSize?: number },
    call: Call,
  ): Promise<DiscoveryPage> {
    const place = placeOf(cursor)
    if (cursor === null) this.#taken.delete(session)
    const { no, reading } = this.#take(session)
    const restarts = place.restarts + (place.reading === undefined || place.reading === no ? 0 : 1)
    if (restarts > restartsAtMost)
      throw new LiveError('unexpected_answer', 'The source broke off again and again while it was read.')
    const snapshot = await this.#carry(session, reading, call)
    if (snapshot === undefined) return { ...emptyPage, next: `r ${no} ${restarts} ${place.at ?? ''}` }
    return this.#pageOf(session, snapshot, place.at, pageSize, call)
  }

  async #pageOf(
    session: Session,
    { shared, identities, ...all }: Ordered,
    at: string | null,
    pageSize: number,
    call: Call,
  ): Promise<DiscoveryPage> {
    const isFirst = at === null
    const head = {
      refused: isFirst ? [...all.refused] : [],
      unresolved: isFirst ? [...all.unresolved] : [],
      skipped: isFirst ? [...all.skipped] : [],
    }
    const after = /^s (.*)$/s.exec(at ?? 's ')?.[1]
    if (after !== undefined) {
      const rest = shared.filter(({ key }) => isFirst || key > after)
      const last = rest[sharedInPage - 1]?.key
      // Of the same key there may be several: a page does not end among them.
      const page = last === undefined ? rest : rest.filter(({ key }, i) => i < sharedInPage || key === last)
      const isLast = rest.length === page.length
      const next = isLast ? (identities.length > 0 ? 'i ' : null) : `s ${page.at(-1)?.key}`
      return { ...head, records: page.map(({ record }) => record), rights: [], next }
    }
    const rest = identities.filter(({ id }) => id > (at ?? '').slice(2))
    const { page, details } = await this.#details(session, rest.slice(0, pageSize), call)
    const isLast = rest.length === page.length
    if (isLast) this.#taken.delete(session)
    const told = new Map(details.flatMap(({ skipped = [] }) => skipped).map((each) => [JSON.stringify(each), each]))
    return {
      records: [
        ...page.flatMap(({ record, own }) => [record, ...own]),
        ...details.flatMap(({ records = [] }) => records),
      ],
      rights: details.flatMap(({ rights }) => rights),
      refused: [...head.refused, ...details.flatMap(({ refused = [] }) => refused)],
      unresolved: [...head.unresolved, ...details.flatMap(({ unresolved = [] }) => unresolved)],
      skipped: [...head.skipped, ...told.values()],
      next: isLast ? null : `i ${page.at(-1)?.id}`,
    }
  }

  /** Of as many of them as there is time for, and of some in any case. */
  async #details(session: Session, identities: Ordered['identities'], call: Call) {
    const until = performance.now() + this.#pageMs
    const details: Detail[] = []
    let upTo = 0
    do {
      const some = identities.slice(upTo, upTo + askedAtOnce).map(({ record }) => record)
      details.push(await this.#detail(session, some, call))
      upTo += some.length
    } while (upTo < identities.length && performance.now() < until)
    return { page: identities.slice(0, upTo), details }
  }

  /** Read once, also for who asks meanwhile; a reading that failed is none. */
  #take(session: Session) {
    const taken = this.#taken.get(session)
    if (taken !== undefined) return taken
    const reading = new LongReading((call) => this.#read(session, call).then(order))
    const begun = { no: randomUUID(), reading }
    this.#taken.set(session, begun)
    return begun
  }

  async #carry(session: Session, reading: LongReading<Ordered>, call: Call): Promise<Ordered | undefined> {
    try {
      return await reading.carry(call, this.#pageMs)
    } catch (error) {
      if (this.#taken.get(session)?.reading === reading) this.#taken.delete(session)
      throw error
    }
  }
}

const emptyPage: Omit<DiscoveryPage, 'next'> = { records: [], rights: [], refused: [], unresolved: [], skipped: [] }

function order(snapshot: Snapshot): Ordered {
  const identities = new Map<string, { id: string; record: IdentityRecord; own: NormalisedRecord[] }>()
  for (const record of snapshot.records)
    if (record.type === 'identity') identities.set(record.externalId, { id: record.externalId, record, own: [] })
  const shared: Ordered['shared'] = []
  for (const record of snapshot.records) {
    if (record.type === 'identity') continue
    const owner = identities.get(ownerOf(record) ?? '')
    if (owner === undefined) shared.push({ key: keyOf(record), record })
    else owner.own.push(record)
  }
  const byKey = <T>(entries: T[], key: (entry: T) => string) =>
    entries.sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0))
  return {
    ...snapshot,
    shared: byKey(shared, ({ key }) => key),
    identities: byKey([...identities.values()], ({ id }) => id),
  }
}

/** The identity that alone has the record. */
function ownerOf(record: Exclude<NormalisedRecord, IdentityRecord>): string | undefined {
  const owner =
    record.type === 'credential'
      ? record.subject
      : record.type === 'entitlement'
        ? record.from
        : record.type === 'sighting'
          ? record.about
          : undefined
  return owner?.type === 'identity' ? owner.externalId : undefined
}

const keyOf = (record: Exclude<NormalisedRecord, IdentityRecord>) =>
  record.type === 'entitlement'
    ? `entitlement ${record.kind} ${record.basis} ${record.from.type} ${record.from.externalId}\n${record.to.type} ${record.to.externalId} ${record.effect}`
    : `${record.type} ${record.externalId}`
