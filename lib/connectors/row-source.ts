import type { LiveSetting } from './live-contract'
import type { Endpoint } from './outbound'
import { signIn } from './postgresql/client'
import type { Secret } from './secret'

/** A database that is asked one question of its owner's own, again and again. */
export interface RowSource extends Endpoint {
  database: string
  user: string
  password: Secret
}

type Client = Awaited<ReturnType<typeof signIn>>

/** Clients that wait for the next question, by whom and where; each is let go of after a while. */
const idle = new Map<string, { client: Client; timer: NodeJS.Timeout }[]>()
const idleMs = 60_000
const mostIdle = 8

/**
 * Asks a PostgreSQL database in a transaction that cannot write, and gives it up at the signal. At most one statement; names are looked
 * up in `public`. The address is judged at each sign-in.
 * @param place what makes a client fit for another question: source, address and secret
 * @throws LiveError for an address that is not allowed; errors of the driver as they are
 */
export async function askRows(
  place: string,
  source: RowSource,
  setting: Pick<LiveSetting, 'outbound'>,
  question: { text: string; values: unknown[]; withinMs: number },
  signal: AbortSignal,
): Promise<Record<string, unknown>[]> {
  const client = takeIdle(place) ?? (await open(source, setting))
  let isGood = false
  // Whoever gave up does not wait for the answer, and nobody else must get it.
  const giveUp = () => void client.end().catch(() => {})
  signal.addEventListener('abort', giveUp, { once: true })
  try {
    signal.throwIfAborted()
    await client.query('BEGIN READ ONLY')
    await client.query(`SET LOCAL statement_timeout = ${Math.max(1, Math.ceil(question.withinMs))}`)
    const { rows } = await client.query<Record<string, unknown>>(question.text, question.values)
    await client.query('ROLLBACK')
    isGood = !signal.aborted
    return rows
  } finally {
    signal.removeEventListener('abort', giveUp)
    if (isGood) keepIdle(place, client)
    else giveUp()
  }
}

async function open(source: RowSource, setting: Pick<LiveSetting, 'outbound'>): Promise<Client> {
  const client = await signIn(source, setting as LiveSetting, source.user, source.password, source.database)
  await client.query(`SET search_path = public, pg_catalog; SET enable_seqscan = on`)
  return client
}

function takeIdle(place: string): Client | undefined {
  const found = idle.get(place)?.pop()
  if (found) clearTimeout(found.timer)
  return found?.client
}

function keepIdle(place: string, client: Client): void {
  const waiting = idle.get(place) ?? []
  if (waiting.length >= mostIdle) return void client.end().catch(() => {})
  const drop = () => {
    const rest = (idle.get(place) ?? []).filter((each) => each.client !== client)
    if (rest.length > 0) idle.set(place, rest)
    else idle.delete(place)
    client.end().catch(() => {})
  }
  idle.set(place, [...waiting, { client, timer: setTimeout(drop, idleMs).unref() }])
  client.once('end', drop)
}
