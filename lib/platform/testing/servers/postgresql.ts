import fs from 'node:fs'
import { Client, escapeIdentifier, escapeLiteral } from 'pg'
import { outlivesServer, startPostgres } from '../../../../scripts/lib/postgres.mjs'
import { freePort } from '../../../../scripts/lib/processes.mjs'
import { Secret } from '../../../connectors/secret'
import { provideProgram } from './debian-packages'
import type { RunningSystem, SystemUnderTest } from './running-system'
import { ServerFolder, startServer } from './server-process'

const adminPassword = 'admin-of-the-tests'
const quietly = `SET log_statement = 'none'; SET log_min_duration_statement = -1`
/** Whatever a server can log about statements, so that a secret in one would show. */
const talkative = {
  log_statement: 'all',
  log_connections: 'on',
  log_min_duration_statement: '0',
  log_error_verbosity: 'verbose',
}

export const postgresqlSystems: SystemUnderTest[] = [
  {
    name: 'PostgreSQL 18 (embedded)',
    connector: 'postgresql',
    credential: 'password',
    principal: 'identity',
    start: startEmbedded,
  },
  {
    name: 'PostgreSQL 15 (Debian)',
    connector: 'postgresql',
    credential: 'password',
    principal: 'identity',
    start: startDebian,
  },
]

async function startEmbedded(): Promise<RunningSystem> {
  const folder = new ServerFolder('postgresql')
  const { cert, key, pem } = folder.makeCertificate()
  const encryption = { ssl: 'on', ssl_cert_file: cert, ssl_key_file: key }
  const server = await startPostgres({
    ...{ folder: folder.path, logs: folder.path, password: adminPassword, throwaway: true },
    settings: { ...talkative, ...outlivesServer, log_min_messages: 'info', ...encryption },
  })
  const restart = () => server.restart('crash')
  return prepare(server.port, { folder, log: 'postgres.log', caPem: pem }, { stop: server.stop, restart })
}

async function startDebian(): Promise<RunningSystem | { skipped: string }> {
  const found = provideProgram(['postgresql-15'], '/usr/lib/postgresql/*/bin/postgres')
  if ('skipped' in found) return found
  const folder = new ServerFolder('postgresql')
  const bin = found.path.slice(0, -'postgres'.length)
  const { cert, key, pem } = folder.makeCertificate()
  const passwordFile = folder.write('password', adminPassword)
  folder.run(`${bin}initdb`, [
    '-D',
    folder.at('data'),
    '-U',
    'postgres',
    '-A',
    'scram-sha-256',
    `--pwfile=${passwordFile}`,
    '--no-sync',
  ])
  const port = await freePort()
  const settings = { ...talkative, fsync: 'off', listen_addresses: '127.0.0.1', unix_socket_directories: '', ssl: 'on' }
  const files = { ssl_cert_file: cert, ssl_key_file: key }
  const flags = Object.entries({ ...settings, ...files }).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const run = () => startServer(folder, `${bin}postgres`, ['-D', folder.at('data'), '-p', String(port), ...flags], port)
  let server = await run()
  const restart = async () => {
    await server.stop('SIGINT')
    server = await run()
  }
  return prepare(port, { folder, log: 'server.log', caPem: pem }, { stop: () => server.stop('SIGINT'), restart })
}

async function prepare(
  port: number,
  { folder, log, caPem }: { folder: ServerFolder; log: string; caPem: string },
  { stop, restart }: Record<'stop' | 'restart', () => Promise<void>>,
): Promise<RunningSystem> {
  const connect = async (user: string, password: string) => {
    const client = new Client({ host: '127.0.0.1', port, user, password, database: 'postgres' })
    client.on('error', () => {})
    await client.connect()
    return client
  }
  const becomeAdmin = () => connectWhenReady(() => connect('postgres', adminPassword))
  let admin = await becomeAdmin()
  const { rows } = await admin.query<{ version: string; number: number }>(
    `SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int AS number`,
  )
  const { version = '', number = 0 } = rows[0] ?? {}
  const own = new Secret('connection-password-1')
  const weak = new Secret('powerless-password-1')
  const grantAdmin = (name: string) =>
    number >= 160_000 ? `GRANT ${escapeIdentifier(name)} TO bailiwick WITH ADMIN OPTION, INHERIT FALSE, SET FALSE` : ''
  for (const statement of [
    quietly,
    `CREATE ROLE bailiwick LOGIN CREATEROLE PASSWORD ${escapeLiteral(own.reveal())}`,
    `CREATE ROLE powerless LOGIN PASSWORD ${escapeLiteral(weak.reveal())}`,
    'GRANT pg_monitor, pg_signal_backend TO bailiwick',
    'CREATE ROLE readers NOLOGIN',
    grantAdmin('readers'),
    'CREATE TABLE stock (id int)',
    'GRANT SELECT ON stock TO readers',
  ])
    if (statement !== '') await admin.query(statement)
  const config = { host: '127.0.0.1', port, tls: 'off', database: 'postgres' }
  return {
    version,
    config: { ...config, user: 'bailiwick', password: own.reveal() },
    encrypted: {
      config: { ...config, host: 'localhost', tls: 'verify', user: 'bailiwick', password: own.reveal() },
      caPem,
    },
    strong: { ...config, user: 'postgres', password: adminPassword },
    powerless: { ...config, user: 'powerless', password: weak.reveal() },
    createAccount: async (name, secret) => {
      await admin.query(`CREATE ROLE ${escapeIdentifier(name)} LOGIN PASSWORD ${escapeLiteral(secret.reveal())}`)
      if (number >= 160_000) await admin.query(grantAdmin(name))
      return { identity: `role:${name}` }
    },
    openSession: async (name, secret) => {
      const client = await connect(name, secret.reveal())
      return {
        isAlive: () =>
          client.query('SELECT 1').then(
            () => true,
            () => false,
          ),
        close: () => client.end().catch(() => {}),
      }
    },
    grantable: {
      on: 'role:readers',
      scopes: [],
      mayUse: async (name, secret) => {
        const client = await connect(name, secret.reveal())
        const may = await client.query('SELECT * FROM stock').then(
          () => true,
          () => false,
        )
        await client.end()
        return may
      },
    },
    cut: async () => {
      await admin.query(
        `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename IN ('bailiwick', 'postgres') AND pid <> pg_backend_pid()`,
      )
    },
    restart: async () => {
      await admin.end().catch(() => {})
      await restart()
      admin = await becomeAdmin()
      await admin.query(quietly)
    },
    logs: async () => fs.readFileSync(folder.at(log), 'utf8'),
    stop: async () => {
      await admin.end()
      await stop()
      folder.remove()
    },
  }
}

async function connectWhenReady(connect: () => Promise<Client>): Promise<Client> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await connect()
    } catch (error) {
      if (attempt >= 50) throw error
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
}
