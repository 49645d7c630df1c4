import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import { connect } from 'amqplib'
import { freePort } from '../../../../scripts/lib/processes.mjs'
import { provideProgram } from './debian-packages'
import type { RunningSystem, SystemUnderTest } from './running-system'
import { ServerFolder, startServer } from './server-process'

const [adminPassword, ownPassword, weakPassword] = [
  'admin-of-the-tests',
  'connection-password-1',
  'powerless-password-1',
]

export const rabbitmqSystems: SystemUnderTest[] = [
  { name: 'RabbitMQ (Debian)', connector: 'rabbitmq', credential: 'password', principal: 'identity', start },
]

/** Erlang's name service. A node that starts it itself does not wait for it on a machine that is busy, and ends. @returns its port */
async function startNames(folder: ServerFolder): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort()
    const names = ['-port', String(port)]
    const env = { ERL_EPMD_PORT: String(port) }
    try {
      folder.run('epmd', [...names, '-address', '127.0.0.1', '-daemon'], env)
      await retry(async () => folder.run('epmd', [...names, '-names'], env))
      return port
    } catch (error) {
      if (attempt >= 3) throw error
    }
  }
}

async function start(): Promise<RunningSystem | { skipped: string }> {
  const found = provideProgram(['rabbitmq-server'], '/usr/lib/rabbitmq/bin/rabbitmq-server')
  if ('skipped' in found) return found
  const folder = new ServerFolder('rabbitmq')
  const [amqp, http, distribution] = [await freePort(), await freePort(), await freePort()]
  const epmd = await startNames(folder)
  const config = [
    `listeners.tcp.default = 127.0.0.1:${amqp}`,
    'management.tcp.ip = 127.0.0.1',
    `management.tcp.port = ${http}`,
    `default_user = admin\ndefault_pass = ${adminPassword}`,
    'log.file.level = debug\ndistribution.listener.interface = 127.0.0.1',
    `distribution.listener.port_range.min = ${distribution}\ndistribution.listener.port_range.max = ${distribution}`,
  ]
  const env = {
    RABBITMQ_NODENAME: `bailiwick${amqp}@localhost`,
    RABBITMQ_CONFIG_FILE: folder.write('rabbitmq.conf', `${config.join('\n')}\n`),
    RABBITMQ_ENABLED_PLUGINS_FILE: folder.write('enabled_plugins', '[rabbitmq_management].'),
    RABBITMQ_MNESIA_BASE: folder.at('mnesia'),
    RABBITMQ_LOG_BASE: folder.at('log'),
    RABBITMQ_PID_FILE: folder.at('pid'),
    RABBITMQ_CONF_ENV_FILE: '/dev/null',
    ERL_EPMD_PORT: String(epmd),
    ERL_EPMD_ADDRESS: '127.0.0.1',
  }
  const run = () => startServer(folder, found.path, [], http, env)
  let server = await run()
  const api = async (method: string, path: string, body?: object) => {
    const answer = await fetch(`http://127.0.0.1:${http}/api/${path}`, {
      method,
      headers: { authorization: `Basic ${btoa(`admin:${adminPassword}`)}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
    return answer.status === 200 ? await answer.json() : undefined
  }
  const overview = (await retry(() => api('GET', 'overview'))) as { rabbitmq_version: string }
  // Who asks while the rest of it starts may be dropped in the middle.
  await retry(() => api('PUT', 'users/bailiwick', { password: ownPassword, tags: 'administrator' }))
  await retry(() => api('PUT', 'users/powerless', { password: weakPassword, tags: 'management' }))
  await retry(() => api('PUT', 'vhosts/reports'))
  const open = async (name: string, password: string, vhost: string) => {
    const connection = await connect({ hostname: '127.0.0.1', port: amqp, username: name, password, vhost })
    connection.on('error', () => {})
    return connection
  }
  const place = { host: '127.0.0.1', port: http, amqpPort: amqp, tls: 'off' }
  return {
    version: overview.rabbitmq_version,
    config: { ...place, user: 'bailiwick', password: ownPassword },
    powerless: { ...place, user: 'powerless', password: weakPassword },
    createAccount: async (name, secret) => {
      await api('PUT', `users/${name}`, { password: secret.reveal(), tags: '' })
      await api('PUT', `permissions/%2F/${name}`, { configure: '', write: '.*', read: '.*' })
      return { identity: `user:${name}` }
    },
    openSession: async (name, secret) => {
      const connection = await open(name, secret.reveal(), '/')
      let isOpen = true
      connection.on('close', () => {
        isOpen = false
      })
      return {
        isAlive: async () => {
          if (!isOpen) return false
          const channel = await connection.createChannel().catch(() => undefined)
          await channel?.close().catch(() => {})
          return channel !== undefined
        },
        close: async () => {
          if (isOpen) await connection.close().catch(() => {})
        },
      }
    },
    grantable: {
      on: 'vhost:reports',
      scopes: ['read=.*'],
      mayUse: async (name, secret) =>
        open(name, secret.reveal(), 'reports').then(
          (connection) => connection.close().then(() => true),
          () => false,
        ),
    },
    // The management interface is asked anew each time: there is no connection of the connector's to cut.
    cut: async () => {},
    restart: async () => {
      await server.stop()
      server = await run()
      await retry(() => api('GET', 'overview'))
    },
    logs: async () =>
      [folder.log, ...fs.readdirSync(folder.at('log')).map((name) => folder.at('log', name))]
        .filter((file) => fs.statSync(file).isFile())
        .map((file) => fs.readFileSync(file, 'utf8'))
        .join('\n'),
    stop: async () => {
      await server.stop()
      // Erlang's name service outlives its server.
      spawnSync('epmd', ['-port', String(epmd), '-kill'], { env: { ...process.env, ERL_EPMD_PORT: String(epmd) } })
      folder.remove()
    },
  }
}

async function retry<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      if (attempt >= 100) throw error
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }
}
