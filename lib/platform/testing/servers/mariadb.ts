import fs from 'node:fs'
import { createConnection } from 'mysql2/promise'
import { freePort } from '../../../../scripts/lib/processes.mjs'
import { provideProgram } from './debian-packages'
import type { RunningSystem, SystemUnderTest } from './running-system'
import { ServerFolder, startServer } from './server-process'

const [adminPassword, ownPassword, weakPassword] = [
  'admin-of-the-tests',
  'connection-password-1',
  'powerless-password-1',
]

export const mariadbSystems: SystemUnderTest[] = [
  { name: 'MariaDB (Debian)', connector: 'mariadb', credential: 'password', principal: 'identity', start },
]

async function start(): Promise<RunningSystem | { skipped: string }> {
  const found = provideProgram(['mariadb-server'], '/usr/sbin/mariadbd')
  if ('skipped' in found) return found
  const folder = new ServerFolder('mariadb')
  const data = folder.at('data')
  folder.run('/usr/bin/mariadb-install-db', [
    ...['--no-defaults', `--datadir=${data}`, '--auth-root-authentication-method=normal', '--skip-test-db'],
    ...['--skip-name-resolve', '--innodb-log-file-size=8M'],
  ])
  const init = folder.write(
    'init.sql',
    `ALTER USER root@'127.0.0.1' IDENTIFIED BY '${adminPassword}';\nALTER USER root@localhost IDENTIFIED BY '${adminPassword}';\n`,
  )
  const port = await freePort()
  const { cert, key, pem } = folder.makeCertificate()
  const options = [
    ...['--no-defaults', `--ssl-cert=${cert}`, `--ssl-key=${key}`],
    ...[`--datadir=${data}`, `--port=${port}`, '--bind-address=127.0.0.1', `--init-file=${init}`],
    ...[`--socket=${folder.at('socket')}`, `--pid-file=${folder.at('pid')}`, '--innodb-flush-log-at-trx-commit=0'],
    ...[
      '--general-log=1',
      `--general-log-file=${folder.at('general.log')}`,
      '--innodb-buffer-pool-size=32M',
      '--log-warnings=9',
    ],
  ]
  const run = () => startServer(folder, found.path, options, port)
  let server = await run()
  const connect = (user: string, password: string) => createConnection({ host: '127.0.0.1', port, user, password })
  let admin = await connect('root', adminPassword)
  const privately = async (statement: string, values: string[] = []) => {
    await admin.query('SET SESSION sql_log_off = 1')
    await admin.query(statement, values)
    await admin.query('SET SESSION sql_log_off = 0')
  }
  await privately('CREATE USER bailiwick@? IDENTIFIED BY ?', ['%', ownPassword])
  await privately('CREATE USER powerless@? IDENTIFIED BY ?', ['%', weakPassword])
  for (const statement of [
    'GRANT PROCESS, CREATE USER, CONNECTION ADMIN ON *.* TO bailiwick',
    'GRANT SELECT ON mysql.* TO bailiwick',
    'CREATE DATABASE shop',
    'CREATE TABLE shop.stock (id int)',
    'GRANT SELECT ON shop.* TO bailiwick WITH GRANT OPTION',
    'CREATE ROLE readers',
    'GRANT SELECT ON shop.stock TO readers',
  ])
    await admin.query(statement)
  const [rows] = await admin.query('SELECT VERSION() AS version')
  const config = { host: '127.0.0.1', port, tls: 'off' }
  const answers = (work: Promise<unknown>) =>
    work.then(
      () => true,
      () => false,
    )
  return {
    version: String((rows as { version: string }[])[0]?.version).replace(/-MariaDB.*$/, ''),
    config: { ...config, user: 'bailiwick', password: ownPassword },
    encrypted: {
      config: { ...config, host: 'localhost', tls: 'verify', user: 'bailiwick', password: ownPassword },
      caPem: pem,
    },
    powerless: { ...config, user: 'powerless', password: weakPassword },
    createAccount: async (name, secret) => {
      await privately('CREATE USER ?@? IDENTIFIED BY ?', [name, '%', secret.reveal()])
      return { identity: `user:${name}@%` }
    },
    openSession: async (name, secret) => {
      const session = await connect(name, secret.reveal())
      session.on('error', () => {})
      return { isAlive: () => answers(session.query('SELECT 1')), close: async () => session.destroy() }
    },
    grantable: {
      on: 'table:shop.stock',
      scopes: ['SELECT'],
      mayUse: async (name, secret) => {
        const session = await connect(name, secret.reveal())
        const may = await answers(session.query('SELECT * FROM shop.stock'))
        session.destroy()
        return may
      },
    },
    cut: async () => {
      await admin.query('KILL USER bailiwick')
    },
    restart: async () => {
      admin.destroy()
      await server.stop()
      server = await run()
      admin = await connect('root', adminPassword)
    },
    logs: async () => [folder.log, folder.at('general.log')].map((file) => fs.readFileSync(file, 'utf8')).join('\n'),
    stop: async () => {
      admin.destroy()
      await server.stop()
      folder.remove()
    },
  }
}
