import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto'
import { Client, escapeIdentifier, escapeLiteral } from 'pg'
import { z } from 'zod'
import { secretField } from '../live-config'
import type { Call, LiveSetting } from '../live-contract'
import { LiveError } from '../live-error'
import { checkPlace, connectTimeoutMs, type Endpoint, endpointFields } from '../outbound'
import type { Secret } from '../secret'

export const postgresConfig = z.object({
  ...endpointFields(5432),
  database: z.string().trim().min(1).max(63).default('postgres').meta({ title: 'Database to sign in to' }),
  user: z.string().trim().min(1).max(63).meta({ title: 'Role' }),
  password: secretField('Password'),
  databases: z.string().trim().max(10_000).optional().meta({
    title: 'Databases to read',
    description: 'Names with commas between them. Empty: all that it may connect to',
    isScope: true,
  }),
})
export type PostgresConfig = z.output<typeof postgresConfig>

/** What the connection's own role may do, read once when it opens. */
export interface OwnRights extends Record<string, unknown> {
  role: string
  version: number
  isSuperuser: boolean
  mayCreateRoles: boolean
  mayEndSessions: boolean
  readsVerifiers: boolean
  seesSessions: boolean
}

export interface PostgresSession {
  config: PostgresConfig
  setting: LiveSetting
  client: Client
  own: OwnRights
  /** The roles that are named like groups of people, by oid; read with the first page. */
  peopleGroups?: string[]
  /** One more client for each other database whose grants are read; opened when their turn comes. */
  others: Map<string, Client>
}

const ownRights = `
  SELECT current_user AS role, current_setting('server_version_num')::int AS version, r.rolsuper AS "isSuperuser",
         r.rolsuper OR r.rolcreaterole AS "mayCreateRoles",
         r.rolsuper OR pg_has_role(current_user, 'pg_signal_backend', 'USAGE') AS "mayEndSessions",
         has_table_privilege('pg_catalog.pg_authid', 'SELECT') AS "readsVerifiers",
         r.rolsuper OR pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') AS "seesSessions"
  FROM pg_catalog.pg_roles r WHERE r.rolname = current_user`

export async function openPostgres(config: PostgresConfig, setting: LiveSetting, call: Call): Promise<PostgresSession> {
  const client = await signIn(config, setting, config.user, config.password, config.database)
  try {
    return { config, setting, client, own: await readOwn(client, call), others: new Map() }
  } catch (error) {
    await client.end().catch(() => {})
    throw error
  }
}

/** The rights as they are now: they may be taken away while a connection is open. */
export async function readOwn(client: Client, call: Call): Promise<OwnRights> {
  const [own] = await ask<OwnRights>(client, call, ownRights)
  if (own === undefined) throw new LiveError('unexpected_answer', 'The server does not say who signed in.')
  return own
}

/** A database of the server: whether what is granted in it can be read, and is wanted. */
export interface FoundDatabase extends Record<string, unknown> {
  name: string
  isOpen: boolean
  isWanted: boolean
}

/** The server's databases by name, without templates and those that take no connections. */
export async function readDatabaseNames({ client, config }: PostgresSession, call: Call): Promise<FoundDatabase[]> {
  const wanted = wantedDatabases(config)
  const rows = await ask<{ name: string; isOpen: boolean }>(
    client,
    call,
    `SELECT datname AS name, has_database_privilege(oid, 'CONNECT') AS "isOpen" FROM pg_database
     WHERE NOT datistemplate AND datallowconn ORDER BY datname LIMIT 10000`,
  )
  return rows.map((row) => ({ ...row, isWanted: wanted === undefined || wanted.includes(row.name) }))
}

/** The databases that the setting names; `undefined` = all. */
export function wantedDatabases({ databases = '' }: PostgresConfig): string[] | undefined {
  const names = databases
    .split(/[,\n]/)
    .map((name) => name.trim())
    .filter((name) => name !== '')
  return names.length === 0 ? undefined : names
}

export async function closePostgres({ client, others }: PostgresSession): Promise<void> {
  await Promise.allSettled([client, ...others.values()].map((open) => open.end()))
}

/** A login at a checked address. The name that the server shows for it says what it is. */
export async function signIn(
  endpoint: Endpoint,
  setting: LiveSetting,
  user: string,
  password: Secret,
  database: string,
): Promise<Client> {
  const place = await checkPlace(endpoint, setting.outbound)
  const client = new Client({
    host: place.address,
    port: place.port,
    user,
    password: password.reveal(),
    database,
    ssl: place.tls ?? false,
    application_name: 'bailiwick',
    connectionTimeoutMillis: connectTimeoutMs,
    query_timeout: 55_000,
    statement_timeout: 50_000,
    // A role's own search_path must not decide which pg_roles is meant. Catalogs are looked up row by row, thousands of times in a
    // statement: by their indexes, however small one was at its last analysis, and not compiled anew for each page.
    options: '-c search_path=pg_catalog -c enable_seqscan=off -c jit=off',
  })
  // The next query tells that the connection broke; unheard, the event would end the process.
  client.on('error', () => {})
  try {
    await client.connect()
  } catch (error) {
    await client.end().catch(() => {})
    throw error
  }
  return client
}

/** The client of one database, with the same role. */
export async function clientOf(session: PostgresSession, database: string): Promise<Client> {
  const { config, setting, client, others } = session
  if (database === config.database) return client
  const known = others.get(database)
  if (known !== undefined) return known
  const opened = await signIn(config, setting, config.user, config.password, database)
  others.set(database, opened)
  return opened
}

/** `role:app` is app. @throws LiveError `not_found` */
export function roleName(externalId: string): string {
  const name = /^role:(.+?)(?:#password)?$/s.exec(externalId)?.[1]
  if (name === undefined || name === 'public')
    throw new LiveError('not_found', `${externalId} is not a role that may log in.`)
  return name
}

export const identifier = escapeIdentifier
export const literal = escapeLiteral

/** Waits for its turn, then asks. */
export async function ask<Row extends Record<string, unknown>>(
  client: Client,
  call: Call,
  text: string,
  values: unknown[] = [],
): Promise<Row[]> {
  await call.pace()
  const { rows } = await client.query<Row>(text, values)
  return rows
}

/**
 * What PostgreSQL keeps of a password, made here so that the password itself is in no statement and no log of the server.
 * RFC 5803; https://www.postgresql.org/docs/current/catalog-pg-authid.html. Only for passwords of printable ASCII, which SASLprep
 * leaves as they are.
 */
export function scramVerifier(password: Secret, salt = randomBytes(16), rounds = 4096): string {
  const text = password.reveal()
  if (!/^[\x20-\x7e]+$/.test(text)) throw new LiveError('conflict', 'A password is made of printable ASCII characters.')
  const salted = pbkdf2Sync(text, salt, rounds, 32, 'sha256')
  const hmac = (words: string) => createHmac('sha256', salted).update(words).digest()
  const stored = createHash('sha256').update(hmac('Client Key')).digest('base64')
  return `SCRAM-SHA-256$${rounds}:${salt.toString('base64')}$${stored}:${hmac('Server Key').toString('base64')}`
}

/** What the server's SQLSTATE means. Its text is kept where it names what is missing. */
export function explainPostgres(thrown: unknown): LiveError | undefined {
  const error = thrown as { code?: unknown; message?: unknown } | null
  const said = typeof error?.message === 'string' ? error.message : ''
  const code = typeof error?.code === 'string' ? error.code : ''
  if (code === '28P01' || code === '28000')
    return new LiveError('login_refused', `PostgreSQL refused the login: ${said}.`)
  if (code === '42501') return new LiveError('forbidden', `PostgreSQL refused it: ${said}.`)
  if (code === '42704') return new LiveError('not_found', `PostgreSQL does not know it: ${said}.`)
  if (code === '2BP01') return new LiveError('conflict', `PostgreSQL keeps the role: ${said}.`)
  if (code === '53300' || code === '57P03')
    return new LiveError('rate_limited', `PostgreSQL takes no login now: ${said}.`)
  if (code === '57014') return new LiveError('timed_out', 'PostgreSQL ended the statement, which took too long.')
  if (/^(57P0[12]|08)/.test(code)) return new LiveError('unreachable', 'PostgreSQL ended the connection.')
  if (/^[0-9A-Z]{5}$/.test(code)) return new LiveError('refused_by_source', `PostgreSQL answered: ${said} (${code}).`)
  if (/does not support SSL/.test(said))
    return new LiveError('unreachable', 'The server does not speak TLS, which this connection demands.')
  if (/timeout|timed out/i.test(said)) return new LiveError('timed_out', 'PostgreSQL did not answer in time.')
  if (/Connection terminated|not queryable|closed the connection/i.test(said))
    return new LiveError('unreachable', 'The connection to PostgreSQL is broken.')
  return undefined
}
