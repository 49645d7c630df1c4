import { edgeBases, edgeKinds, sensitivities } from '@/lib/connectors/contract'
import { GrowingColumn, type Moment, readMoment } from '@/lib/platform/db/copy-rows'
import { doubtful } from '../engine/certainty'
import type { EdgeColumns, GraphRows } from '../engine/graph-rows'
import { IdNumbers } from '../engine/ids'
import { carries, coveredPairs, credentialLives, edgeLevel, holderHours } from './read-carrying'

const bytes = () => new GrowingColumn((length) => new Uint8Array(length))
const shorts = () => new GrowingColumn((length) => new Uint16Array(length))
const ints = () => new GrowingColumn((length) => new Int32Array(length))
const floats = () => new GrowingColumn((length) => new Float32Array(length))

/** The columns of an organization's graph, with the moment at which the first of its edges or credentials ends. */
export interface LoadedRows extends GraphRows {
  /** Milliseconds since 1970; `Infinity` when none does. */
  soundUntil: number
}

/** What loading goes on with between two tables. */
interface Loading {
  moment: Moment
  /** SQL of the organization's id. */
  org: string
  systems: Numbered
  kinds: Numbered
}

/** Words by the order in which they come. */
class Numbered {
  readonly words: string[] = []
  readonly #numbers = new Map<string, number>()

  numberOf(word: string): number {
    const known = this.#numbers.get(word)
    if (known !== undefined) return known
    this.#numbers.set(word, this.words.length)
    this.words.push(word)
    return this.words.length - 1
  }
}

/**
 * Reads what the graph of an organization is built from: everything as it was at one moment, under its row-level security, by
 * COPY into columns of numbers. Gone roles, people and resources are left out; gone and disabled identities stay, as such that
 * cannot act, so that they can be asked about.
 */
export async function loadGraphRows(orgId: string): Promise<LoadedRows> {
  if (!/^[0-9a-f-]{36}$/.test(orgId)) throw new Error('the organization has no id')
  const org = `'${orgId}'::uuid`
  return readMoment(orgId, (moment) => readAll({ moment, org, systems: new Numbered(), kinds: new Numbered() }, orgId))
}

async function readAll(loading: Loading, orgId: string): Promise<LoadedRows> {
  const { moment, org } = loading
  const [head] = await moment.rows<{ version: string; now: Date; ends: Date | null }>(
    `SELECT (SELECT coalesce(sum(n), 0) FROM graph_version WHERE org_id = $1)::text AS version, now(),
       (SELECT min(expiry_order) FROM credential WHERE org_id = $1 AND expiry_order > now() AND expiry_order < 'infinity') AS ends`,
    [orgId],
  )
  if (!head) throw new Error('the organization has no version of its graph')
  const principals = await readPrincipals(loading)
  const resources = await readResources(loading)
  const credentials = await readCredentials(loading, org)
  const { identityIds, humanIds, roleIds } = principals
  const numbers = new IdNumbers([identityIds, humanIds, roleIds, resources.ids, credentials.ids])
  const { soundUntil, ...edges } = await readEdges(loading, numbers)
  return {
    orgId,
    version: BigInt(head.version),
    builtAt: head.now.getTime(),
    identityIds,
    humanIds,
    roleIds,
    resourceIds: resources.ids,
    credentialIds: credentials.ids,
    principals: principals.columns,
    resources: resources.columns,
    credentialHolder: holdersOf(credentials.holders, numbers),
    edges,
    covers: await readCovers(loading, numbers),
    systems: loading.systems.words,
    kinds: loading.kinds.words,
    soundUntil: Math.min(soundUntil, head.ends?.getTime() ?? Number.POSITIVE_INFINITY),
  }
}

/** Reads the columns of one row after the other. */
class Row {
  bytes: Buffer = Buffer.alloc(0)
  at = 0

  begin(bytes: Buffer, at: number): this {
    this.bytes = bytes
    this.at = at
    return this
  }

  /** Moves behind the next column; where its bytes begin, and how many they are (-1 = null). */
  #next(): [start: number, length: number] {
    const length = this.bytes.readInt32BE(this.at)
    const start = this.at + 4
    this.at = start + Math.max(0, length)
    return [start, length]
  }

  id(): Uint8Array {
    const [start] = this.#next()
    return this.bytes.subarray(start, start + 16)
  }

  /** An id as four words, as `IdNumbers` takes it. */
  idInto(words: Int32Array): void {
    const [start, length] = this.#next()
    if (length !== 16) throw new Error('an id is missing where the graph needs one')
    for (let word = 0; word < 4; word += 1) words[word] = this.bytes.readInt32LE(start + word * 4)
  }

  int(): number {
    const [start] = this.#next()
    return this.bytes.readInt32BE(start)
  }

  float(): number {
    const [start, length] = this.#next()
    return length === -1 ? Number.NaN : this.bytes.readFloatBE(start)
  }

  double(): number {
    const [start, length] = this.#next()
    return length === -1 ? Number.POSITIVE_INFINITY : this.bytes.readDoubleBE(start)
  }

  text(): string {
    const [start, length] = this.#next()
    return length <= 0 ? '' : this.bytes.toString('utf8', start, start + length)
  }
}

/** The place of each row in the order of names. */
const byName = `(row_number() OVER (ORDER BY lower(n.name COLLATE pg_catalog.pg_c_utf8) COLLATE "C", n.id) - 1)::int`

async function readPrincipals({ moment, org, systems, kinds }: Loading) {
  const ids = [bytes(), bytes(), bytes()]
  const columns = { dead: bytes(), hours: floats(), system: shorts(), kind: shorts(), rank: ints() }
  const row = new Row()
  await moment.copy(
    `SELECT n.type, n.id, n.dead, h.hours, s.system, n.kind, ${byName} FROM (
       SELECT 0 AS type, id, source_id, name, kind, (deleted_at IS NOT NULL OR status = 'disabled')::int AS dead
         FROM identity WHERE org_id = ${org}
       UNION ALL SELECT 1, id, source_id, name, 'person', 0 FROM human WHERE org_id = ${org} AND deleted_at IS NULL
       UNION ALL SELECT 2, id, source_id, name, kind, 0 FROM role WHERE org_id = ${org} AND deleted_at IS NULL
     ) n
     JOIN source s ON s.org_id = ${org} AND s.id = n.source_id
     LEFT JOIN (
       SELECT coalesce(c.identity_id, c.human_id) AS holder, ${holderHours} AS hours FROM credential c
       WHERE c.org_id = ${org} AND coalesce(c.identity_id, c.human_id) IS NOT NULL GROUP BY 1
     ) h ON h.holder = n.id
     ORDER BY n.type, n.id`,
    (chunk, at) => {
      row.begin(chunk, at)
      const type = row.int()
      ids[type]?.append(row.id())
      columns.dead.push(row.int())
      columns.hours.push(row.float())
      columns.system.push(systems.numberOf(row.text()))
      columns.kind.push(kinds.numberOf(row.text()))
      columns.rank.push(row.int())
    },
  )
  const [identityIds = new Uint8Array(), humanIds = new Uint8Array(), roleIds = new Uint8Array()] = ids.map((each) =>
    each.take(),
  )
  return { identityIds, humanIds, roleIds, columns: taken(columns) }
}

async function readResources({ moment, org, systems, kinds }: Loading) {
  const ids = bytes()
  const columns = { sensitivity: bytes(), system: shorts(), kind: shorts(), rank: ints() }
  const row = new Row()
  const words = `'{${sensitivities.join(',')}}'::text[]`
  await moment.copy(
    `SELECT n.id, coalesce(array_position(${words}, n.effective_sensitivity), 0), s.system, n.kind, ${byName}
     FROM resource n JOIN source s ON s.org_id = ${org} AND s.id = n.source_id
     WHERE n.org_id = ${org} AND n.deleted_at IS NULL ORDER BY n.id`,
    (chunk, at) => {
      ids.append(row.begin(chunk, at).id())
      columns.sensitivity.push(row.int())
      columns.system.push(systems.numberOf(row.text()))
      columns.kind.push(kinds.numberOf(row.text()))
      columns.rank.push(row.int())
    },
  )
  return { ids: ids.take(), columns: taken(columns) }
}

/** Credentials that are stored somewhere, and whose they are as four words each: none where they do not live. */
async function readCredentials({ moment }: Loading, org: string) {
  const ids = bytes()
  const holders = ints()
  const row = new Row()
  const words = new Int32Array(4)
  await moment.copy(
    `SELECT c.id, CASE WHEN ${credentialLives} THEN coalesce(c.identity_id, c.human_id, ${noId}) ELSE ${noId} END
     FROM credential c WHERE c.org_id = ${org} AND c.id IN (
       SELECT e.to_id FROM entitlement e WHERE e.org_id = ${org} AND e.kind = 'stores' AND e.to_id IS NOT NULL)
     ORDER BY c.id`,
    (chunk, at) => {
      ids.append(row.begin(chunk, at).id())
      row.idInto(words)
      for (const word of words) holders.push(word)
    },
  )
  return { ids: ids.take(), holders: holders.take() }
}

const noId = `'00000000-0000-0000-0000-000000000000'::uuid`

function holdersOf(holders: Int32Array, numbers: IdNumbers): Int32Array {
  const found = new Int32Array(holders.length / 4)
  for (let no = 0; no < found.length; no += 1) found[no] = numbers.numberAt(holders, no * 4)
  return found
}

async function readEdges({ moment, org }: Loading, numbers: IdNumbers): Promise<EdgeColumns & { soundUntil: number }> {
  const columns = { kind: bytes(), from: ints(), to: ints(), level: bytes(), basis: bytes() }
  const row = new Row()
  const words = new Int32Array(4)
  let soundUntil = Number.POSITIVE_INFINITY
  const place = (list: readonly string[], column: string) =>
    `array_position('{${list.join(',')}}'::text[], ${column}) - 1`
  await moment.copy(
    `SELECT (${place(edgeKinds, 'e.kind')}) * 64 + (${edgeLevel}) * 8 + ${place(edgeBases, 'e.basis')}
       + CASE WHEN e.condition IS NULL AND e.not_evaluable IS NULL THEN 0 ELSE ${doubtful} END, e.from_id, e.to_id,
       extract(epoch FROM e.expires_at)::float8
     FROM entitlement e WHERE ${carries(org)}`,
    (chunk, at) => {
      const said = row.begin(chunk, at).int()
      columns.kind.push(said >> 6)
      columns.level.push((said >> 3) & 7)
      columns.basis.push(said & 7)
      row.idInto(words)
      columns.from.push(numbers.numberAt(words, 0))
      row.idInto(words)
      columns.to.push(numbers.numberAt(words, 0))
      soundUntil = Math.min(soundUntil, row.double() * 1000)
    },
  )
  return { ...taken(columns), soundUntil }
}

async function readCovers({ moment, org }: Loading, numbers: IdNumbers) {
  const columns = { from: ints(), to: ints() }
  const row = new Row()
  const words = new Int32Array(4)
  await moment.copy(coveredPairs(org), (chunk, at) => {
    row.begin(chunk, at).idInto(words)
    columns.from.push(numbers.numberAt(words, 0))
    row.idInto(words)
    columns.to.push(numbers.numberAt(words, 0))
  })
  return taken(columns)
}

type Taken<T> = { [K in keyof T]: T[K] extends { take: () => infer A } ? A : never }

function taken<T extends Record<string, { take: () => unknown }>>(columns: T): Taken<T> {
  return Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, column.take()])) as Taken<T>
}
