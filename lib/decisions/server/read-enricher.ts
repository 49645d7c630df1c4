import { z } from 'zod'
import type { OutboundPolicy } from '@/lib/connectors/outbound'
import { askUrl } from '@/lib/connectors/outbound-http'
import { askRows } from '@/lib/connectors/row-source'
import { Secret } from '@/lib/connectors/secret'
import type { Tenant } from '@/lib/platform/db/tenant'
import { env } from '@/lib/platform/env'
import { type Facts, keyOf, type Named, tooDeep } from '../rules'
import { type DirectorySource, maxDepth } from '../schema'
import { openSource } from './store-sources'

/** Something that knows more about subjects and resources than the question says. */
export interface ContextSource {
  name: string
  timeoutMs: number
  /** What its silence means: the answer is no, or the policy is told that nobody knows. */
  whenAbsent: 'deny' | 'unknown'
  read: (named: Named, signal: AbortSignal) => Promise<SourceAnswer>
}

export interface SourceAnswer {
  subjects: Map<string, Facts>
  resources: Map<string, Facts>
  /** By ticket: its state; of a ticket that the system does not know, `not_found`. */
  tickets: Map<string, string>
  /** Ids of those who are on call now; undefined = it does not tell. */
  onCall: ReadonlySet<string> | undefined
}

/** In characters: as much of an answer is taken. */
const maxAnswer = 512 * 1024
/** Of a database. */
const maxRows = 2000
/** What is kept of all enrichers of the process. */
const maxKept = 20_000

/** A source as it is stored, with its secret as it is encrypted, in base64. */
export type StoredSource = DirectorySource & { sealed: string | null }

type Told = Record<string, Facts | string | readonly string[] | null>
/** What a source says, by side and key; whom it does not name it knows nothing of. */
interface Said {
  subjects?: Told
  resources?: Told
  tickets?: Told
  onCall?: Told
}
type Side = keyof Said
interface Asked {
  tenant: Tenant
  source: StoredSource
  missing: Named
  signal: AbortSignal
}

interface Kept {
  until: number
  value: Facts | string | readonly string[] | null
}
const kept = globalThis as typeof globalThis & { bailiwickEnriched?: Map<string, Kept> }

/** The one thing that is asked of who is on call. */
const everybody = '*'

/**
 * A source of the organization that knows more of subjects, resources and tickets. Where it may lie is judged like any connection's
 * address; nothing of it is asked that was answered within its freshness.
 */
export function enricherOf(tenant: Tenant, source: StoredSource): ContextSource {
  const { name, timeoutMs, freshSeconds, whenAbsent } = source
  return {
    ...{ name, timeoutMs, whenAbsent },
    async read(named, signal) {
      kept.bailiwickEnriched ??= new Map()
      const store = kept.bailiwickEnriched
      const now = Date.now()
      const where = JSON.stringify(source)
      const place = (side: Side, key: string) => `${tenant.orgId}\n${where}\n${side}\n${key}`
      const wanted = wantedOf(source, named)
      const known = new Map<string, Kept['value']>()
      const missing = wanted.filter(({ side, key }) => {
        const found = store.get(place(side, key))
        if (!found || found.until <= now) return true
        known.set(place(side, key), found.value)
        return false
      })
      if (missing.length > 0) {
        const said = await ask({ tenant, source, missing: namedBy(missing, named), signal })
        for (const { side, key } of missing) {
          const told = said[side] ?? {}
          const value = Object.hasOwn(told, key) ? (told[key] ?? null) : null
          known.set(place(side, key), value)
          if (freshSeconds > 0) store.set(place(side, key), { until: now + freshSeconds * 1000, value })
        }
        if (store.size > maxKept) store.clear()
      }
      return answerOf(wanted, (side, key) => known.get(place(side, key)) ?? null)
    },
  }
}

interface Wanted {
  side: Side
  key: string
}

/** What of a question concerns a source. */
function wantedOf(source: StoredSource, { subjects, resources, tickets }: Named): Wanted[] {
  if (source.kind === 'ticket')
    return [
      ...tickets.map((key) => ({ side: 'tickets' as const, key })),
      ...(source.tellsOnCall ? [{ side: 'onCall' as const, key: everybody }] : []),
    ]
  const of = (side: 'subjects' | 'resources', all: Named['subjects']) =>
    all.filter(({ type }) => source.types.includes(type)).map((each) => ({ side, key: keyOf(each) }))
  return [...of('subjects', subjects), ...of('resources', resources)]
}

/** The named ones among what is missing. */
function namedBy(missing: readonly Wanted[], { subjects, resources, tickets }: Named): Named {
  const is = (wanted: Side, key: string) => missing.some((each) => each.side === wanted && each.key === key)
  return {
    subjects: subjects.filter((each) => is('subjects', keyOf(each))),
    resources: resources.filter((each) => is('resources', keyOf(each))),
    tickets: tickets.filter((ticket) => is('tickets', ticket)),
  }
}

function answerOf(wanted: readonly Wanted[], read: (side: Side, key: string) => unknown): SourceAnswer {
  const answer: SourceAnswer = { subjects: new Map(), resources: new Map(), tickets: new Map(), onCall: undefined }
  for (const { side, key } of wanted) {
    const value = read(side, key)
    if (side === 'tickets') answer.tickets.set(key, typeof value === 'string' ? value : 'not_found')
    else if (side === 'onCall') answer.onCall = Array.isArray(value) ? new Set(value as string[]) : undefined
    else if (value !== null) answer[side].set(key, value as Facts)
  }
  return answer
}

function ask(asked: Asked): Promise<Said> {
  const { source } = asked
  if (source.kind === 'sql') return askDatabase({ ...asked, source })
  return source.kind === 'ticket' ? askTickets(asked, source.url) : askService(asked, source.url)
}

const policy = (): OutboundPolicy => ({ allow: env().OUTBOUND_NETWORKS, allowLoopback: env().OUTBOUND_LOOPBACK })

const secretOf = ({ tenant, source: { name, sealed } }: Asked): string | undefined =>
  sealed === null ? undefined : openSource(tenant.orgId, name, sealed)

/** Sends JSON and takes JSON, bounded in size and depth. */
async function post(asked: Asked, url: string, body: unknown): Promise<unknown> {
  const authorization = secretOf(asked)
  const headers = { 'content-type': 'application/json', ...(authorization === undefined ? {} : { authorization }) }
  const answer = await askUrl(url, policy(), { method: 'POST', headers, body: JSON.stringify(body) }, asked.signal)
  if (answer.status !== 200) throw new Error(`the source answered ${answer.status}`)
  if (answer.text.length > maxAnswer) throw new Error('the answer of the source is too large')
  return shallow(JSON.parse(answer.text))
}

function shallow(told: unknown): unknown {
  if (tooDeep(told, maxDepth) !== undefined) throw new Error('the answer of the source is nested too deeply')
  return told
}

const AllFacts = z.record(z.string(), z.record(z.string(), z.unknown())).default({})
const Told = z.object({ subjects: AllFacts, resources: AllFacts })

/**
 * A service. It is sent `{"subjects":[{"type","id"}],"resources":[…]}` and answers
 * `{"subjects":{"<type>:<id>":{…}},"resources":{…}}`.
 */
async function askService(asked: Asked, url: string): Promise<Said> {
  const { subjects, resources } = asked.missing
  return Told.parse(await post(asked, url, { subjects, resources }))
}

const State = z.string().min(1).max(40)
const Tickets = z.object({
  tickets: z.record(z.string(), z.union([State, z.looseObject({ state: State })])).default({}),
  on_call: z.array(z.string().max(1024)).max(1000).optional(),
})

/** A ticket system. It is sent `{"tickets":["OPS-1"]}` and answers `{"tickets":{"OPS-1":{"state":"open"}},"on_call":["mia@example.org"]}`. */
async function askTickets(asked: Asked, url: string): Promise<Said> {
  const { tickets, on_call } = Tickets.parse(await post(asked, url, { tickets: asked.missing.tickets }))
  const states = Object.entries(tickets).map(([id, told]) => [
    id,
    (typeof told === 'string' ? told : told.state).toLowerCase(),
  ])
  return { tickets: Object.fromEntries(states), onCall: on_call ? { [everybody]: on_call } : {} }
}

const Row = z.looseObject({ type: z.string(), id: z.string() })

/** A database. Its query gets all types (`$1`) and all ids (`$2`), and answers rows with `type`, `id`, and what it knows. */
async function askDatabase(asked: Asked & { source: Extract<StoredSource, { kind: 'sql' }> }): Promise<Said> {
  const { missing, source, signal, tenant } = asked
  const all = [...missing.subjects, ...missing.resources]
  const { host, port, tls, caPem, database, user, query, timeoutMs } = source
  const rows = await askRows(
    JSON.stringify([tenant.orgId, source]),
    { host, port, tls, caPem, database, user, password: new Secret(secretOf(asked) ?? '') },
    { outbound: policy() },
    { text: query, values: [all.map(({ type }) => type), all.map(({ id }) => id)], withinMs: timeoutMs },
    signal,
  )
  if (rows.length > maxRows) throw new Error('the answer of the source is too large')
  // As JSON has it: moments and numbers of any length become text.
  const plain = JSON.stringify(rows)
  if (plain.length > maxAnswer) throw new Error('the answer of the source is too large')
  const told: Record<string, Facts> = {}
  for (const { type, id, ...facts } of z.array(Row).parse(shallow(JSON.parse(plain)))) told[keyOf({ type, id })] = facts
  return { subjects: told, resources: told }
}
