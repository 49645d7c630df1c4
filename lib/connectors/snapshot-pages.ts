import type { IdentityRecord, NormalisedRecord, Refusal, Unresolved } from './contract'
import type { Call, DiscoveryPage, IdentityRights, Skipped } from './live-contract'

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

/**
 * Pages of a source that is read as a whole when discovery begins and told in pages: first what identities share, then identities
 * with what is theirs. A connection that goes on from the middle reads it again; keys, not numbers, say where it was.
 */
export class Snapshots<Session extends object> {
  readonly #taken = new WeakMap<Session, Promise<Ordered>>()
  readonly #read: (session: Session, call: Call) => Promise<Snapshot>
  readonly #detail: (session: Session, identities: readonly IdentityRecord[], call: Call) => Promise<Detail>

  constructor(
    read: (session: Session, call: Call) => Promise<Snapshot>,
    detail: (session: Session, identities: readonly IdentityRecord[], call: Call) => Promise<Detail>,
  ) {
    this.#read = read
    this.#detail = detail
  }

  async page(
    session: Session,
    { cursor, pageSize = identitiesInPage }: { cursor: string | null; pageSize?: number },
    call: Call,
  ): Promise<DiscoveryPage> {
    if (cursor === null) this.#taken.delete(session)
    const { shared, identities, ...all } = await this.#take(session, call)
    const isFirst = cursor === null
    const head = {
      refused: isFirst ? [...all.refused] : [],
      unresolved: isFirst ? [...all.unresolved] : [],
      skipped: isFirst ? [...all.skipped] : [],
    }
    const after = /^s (.*)$/s.exec(cursor ?? 's ')?.[1]
    if (after !== undefined) {
      const rest = shared.filter(({ key }) => isFirst || key > after)
      const last = rest[sharedInPage - 1]?.key
      // Of the same key there may be several: a page does not end among them.
      const page = last === undefined ? rest : rest.filter(({ key }, i) => i < sharedInPage || key === last)
      const isLast = rest.length === page.length
      const next = isLast ? (identities.length > 0 ? 'i ' : null) : `s ${page.at(-1)?.key}`
      return { ...head, records: page.map(({ record }) => record), rights: [], next }
    }
    const rest = identities.filter(({ id }) => id > (cursor ?? '').slice(2))
    const page = rest.slice(0, pageSize)
    const records = page.map(({ record }) => record)
    const detail = await this.#detail(session, records, call)
    const isLast = rest.length === page.length
    if (isLast) this.#taken.delete(session)
    return {
      records: [...page.flatMap(({ record, own }) => [record, ...own]), ...(detail.records ?? [])],
      rights: detail.rights,
      refused: [...head.refused, ...(detail.refused ?? [])],
      unresolved: [...head.unresolved, ...(detail.unresolved ?? [])],
      skipped: [...head.skipped, ...(detail.skipped ?? [])],
      next: isLast ? null : `i ${page.at(-1)?.id}`,
    }
  }

  /** Read once, also for who asks meanwhile; a reading that failed is none. */
  #take(session: Session, call: Call): Promise<Ordered> {
    const taken = this.#taken.get(session)
    if (taken !== undefined) return taken
    const reading = this.#read(session, call).then(order)
    this.#taken.set(session, reading)
    reading.catch(() => this.#taken.delete(session))
    return reading
  }
}

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
