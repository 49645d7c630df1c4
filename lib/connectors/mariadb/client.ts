import net from 'node:net'
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise'
import { z } from 'zod'
import { secretField } from '../live-config'
import type { Call, LiveSetting } from '../live-contract'
import { LiveError } from '../live-error'
import { checkPlace, connectTimeoutMs, endpointFields } from '../outbound'
import type { Secret } from '../secret'

export const mariadbConfig = z.object({
  ...endpointFields(3306),
  user: z.string().trim().min(1).max(128).meta({ title: 'User' }),
  password: secretField('Password'),
})
export type MariadbConfig = z.output<typeof mariadbConfig>

/** What the connection's own account may do. */
export interface OwnRights {
  /** The account that the server took the login for: `bailiwick@%`. */
  account: string
  version: string
  /** Global privileges of that account, and whether it reads the tables of grants. */
  privileges: string[]
  readsAccounts: boolean
}

export interface MariadbSession {
  config: MariadbConfig
  setting: LiveSetting
  connection: Connection
  own: OwnRights
}

export async function openMariadb(config: MariadbConfig, setting: LiveSetting, call: Call): Promise<MariadbSession> {
  const connection = await signIn(config, setting, config.user, config.password)
  try {
    // How strings are written must not depend on the server's default.
    await ask(connection, call, "SET SESSION sql_mode = 'STRICT_TRANS_TABLES'")
    return { config, setting, connection, own: await readOwn(connection, call) }
  } catch (error) {
    connection.destroy()
    throw error
  }
}

/** The rights as they are now: they may be taken away while a connection is open. */
export async function readOwn(connection: Connection, call: Call): Promise<OwnRights> {
  const [own] = await ask(connection, call, 'SELECT CURRENT_USER() AS account, VERSION() AS version')
  const grants = await ask(
    connection,
    call,
    `SELECT PRIVILEGE_TYPE AS word FROM information_schema.USER_PRIVILEGES
     WHERE GRANTEE = CONCAT("'", REPLACE(CURRENT_USER(), '@', "'@'"), "'")`,
  )
  const readsAccounts = await ask(connection, call, 'SELECT 1 FROM mysql.global_priv LIMIT 1').then(
    () => true,
    (error) => {
      if (explainMariadb(error)?.code === 'forbidden') return false
      throw error
    },
  )
  const privileges = grants.map(({ word }) => String(word))
  return { account: String(own?.account), version: String(own?.version), privileges, readsAccounts }
}

export async function closeMariadb({ connection }: MariadbSession): Promise<void> {
  connection.destroy()
}

export async function signIn(
  config: MariadbConfig,
  setting: LiveSetting,
  user: string,
  password: Secret,
): Promise<Connection> {
  const place = await checkPlace(config, setting.outbound)
  // The driver would hold the certificate of a bare address against the name localhost.
  if (place.tls !== undefined && place.tls.servername === undefined)
    throw new LiveError('invalid_config', 'For TLS name the server by the name in its certificate, not by an address.')
  const connection = await createConnection({
    // The name is what the certificate is checked against; the socket goes to the address that was checked.
    host: place.host,
    port: place.port,
    stream: () => net.connect(place.port, place.address),
    user,
    password: password.reveal(),
    connectTimeout: connectTimeoutMs,
    supportBigNumbers: true,
    bigNumberStrings: true,
    connectAttributes: { program_name: 'bailiwick' },
    ...(place.tls === undefined
      ? {}
      : {
          ssl: {
            rejectUnauthorized: true,
            verifyIdentity: true,
            minVersion: place.tls.minVersion,
            ...(place.tls.ca === undefined ? {} : { ca: place.tls.ca }),
          },
        }),
  })
  // The next statement tells that the connection broke; unheard, the event would end the process.
  connection.on('error', () => {})
  return connection
}

/** Waits for its turn, then asks. Values are put in by the driver. */
export async function ask(
  connection: Connection,
  call: Call,
  sql: string,
  values: unknown[] = [],
): Promise<Record<string, unknown>[]> {
  await call.pace()
  const [rows] = await connection.query<RowDataPacket[]>({ sql, values, timeout: 55_000 })
  return Array.isArray(rows) ? rows : []
}

const refusals = new Set([1044, 1045, 1142, 1143, 1227, 1370, 1698, 1410, 1290])

export function explainMariadb(thrown: unknown): LiveError | undefined {
  const { code, errno, message, sqlMessage } = (thrown ?? {}) as Record<string, unknown>
  const said = String(sqlMessage ?? message ?? '')
  if (errno === 1045 || errno === 1698 || errno === 4151)
    return new LiveError('login_refused', `MariaDB refused the login: ${said}.`)
  if (typeof errno === 'number' && refusals.has(errno))
    return new LiveError('forbidden', `MariaDB refused it: ${said}.`)
  if (errno === 1396 || errno === 1133 || errno === 1959)
    return new LiveError('not_found', `MariaDB does not know it: ${said}.`)
  if (errno === 1040 || errno === 1203 || errno === 1226)
    return new LiveError('rate_limited', `MariaDB takes no connection now: ${said}.`)
  if (errno === 1927 || errno === 1053 || code === 'PROTOCOL_CONNECTION_LOST')
    return new LiveError('unreachable', 'MariaDB ended the connection.')
  if (code === 'HANDSHAKE_NO_SSL_SUPPORT')
    return new LiveError('unreachable', 'The server does not speak TLS, which this connection demands.')
  if (code === 'PROTOCOL_SEQUENCE_TIMEOUT' || code === 'ETIMEDOUT')
    return new LiveError('timed_out', 'MariaDB did not answer in time.')
  if (/closed state/.test(said)) return new LiveError('unreachable', 'The connection to MariaDB is broken.')
  if (typeof errno === 'number' && errno >= 1000)
    return new LiveError('refused_by_source', `MariaDB answered: ${said} (${errno}).`)
  return undefined
}
